from datetime import timedelta

from dagwright import Resources, task


@task(requests=Resources(cpu="2"), limits=Resources(cpu="1"))  # E: DW505
def double(x: int) -> int:
    return 2 * x
