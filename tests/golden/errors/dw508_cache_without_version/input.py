from datetime import timedelta

from dagwright import Resources, task


@task(cache=True)  # E: DW508
def double(x: int) -> int:
    return 2 * x
