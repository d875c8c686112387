from dagwright import task, workflow


import os


@task(cache=True, cache_version=os.environ["VERSION"])  # E: DW410
def double(x: int) -> int:
    return 2 * x
