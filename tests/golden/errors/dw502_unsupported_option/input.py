from datetime import timedelta

from dagwright import Resources, task


@task(deprecated="yes")  # E: DW502
def double(x: int) -> int:
    return 2 * x
