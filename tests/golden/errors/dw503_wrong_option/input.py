from datetime import timedelta

from dagwright import Resources, task


@task(retries="two")  # E: DW503
def double(x: int) -> int:
    return 2 * x
