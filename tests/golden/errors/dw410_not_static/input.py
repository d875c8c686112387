from dagwright import task, workflow


import os


@task(retries=int(os.environ["RETRIES"]))  # E: DW410
def double(x: int) -> int:
    return 2 * x
