from datetime import timedelta

from dagwright import Resources, task


@task(cache=True, cache_version="1", cache_ignore_input_vars=("y",))  # E: DW509
def double(x: int) -> int:
    return 2 * x
