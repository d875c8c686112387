from datetime import timedelta

from dagwright import Resources, task


@task(requests=Resources(mem="100MiB"))  # E: DW504
def double(x: int) -> int:
    return 2 * x
