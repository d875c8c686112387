from datetime import timedelta

from dagwright import Resources, task


@task(pickle_untyped=True)  # E: DW502
def double(x: int) -> int:
    return 2 * x
