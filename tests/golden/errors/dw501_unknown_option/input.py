from datetime import timedelta

from dagwright import Resources, task


@task(retrys=2)  # E: DW501
def double(x: int) -> int:
    return 2 * x
