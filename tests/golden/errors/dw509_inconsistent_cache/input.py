from datetime import timedelta

from dagwright import Resources, task


@task(cache_version="1", cache=False, cache_serialize=True)  # E: DW509
def double(x: int) -> int:
    return 2 * x
