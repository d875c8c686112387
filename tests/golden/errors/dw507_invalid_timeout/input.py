from datetime import timedelta

from dagwright import Resources, task


@task(timeout=timedelta(seconds=-1))  # E: DW507
def double(x: int) -> int:
    return 2 * x
