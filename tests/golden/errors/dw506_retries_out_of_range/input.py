from datetime import timedelta

from dagwright import Resources, task


@task(retries=99)  # E: DW506
def double(x: int) -> int:
    return 2 * x
