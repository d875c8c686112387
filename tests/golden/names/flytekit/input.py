import flytekit as fl
from flytekit import map_task
from flytekit.core.task import task as a_task


@fl.task
def double(x: int) -> int:
    return 2 * x


@a_task(retries=2)
def add(values: list[int]) -> int:
    return sum(values)


@fl.workflow
def main(values: list[int]) -> int:
    return add(values=map_task(double)(x=values))
