from dagwright import task
from steps import FACTOR  # E: DW202 `steps` is still being imported then, and has no `FACTOR` yet


@task
def double(x: int) -> int:
    return FACTOR * x
