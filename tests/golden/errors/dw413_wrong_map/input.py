from functools import partial

from dagwright import TaskMetadata, map_task, task, workflow
from flytekit import LaunchPlan


@task
def add(x: int, y: int) -> int:
    return x + y


@task
def both(x: int) -> tuple[int, int]:
    return x, x


@workflow
def main(xs: list[int]) -> list[int]:
    return map_task(add, concurrency=-1)(x=xs, y=xs)  # E: DW413 `concurrency` must be a whole number from 0


@workflow
def unequal() -> list[int]:
    return map_task(add)(x=[1, 2], y=[1])  # E: DW413 but `x` has 2 and `y` has 1


plan = LaunchPlan.get_or_create(unequal, "plan")  # W: DW229


@workflow
def targets(xs: list[int]) -> None:
    map_task(plan)(x=xs)  # E: DW413 the launch plan `plan` cannot be mapped
    map_task(unequal)()  # E: DW413 the workflow `unequal` cannot be mapped
    map_task(map_task(add))(x=[xs], y=[xs])  # E: DW413 is mapped already
    map_task(both)(x=xs)  # E: DW413 gives 2 values
    map_task(len)(x=xs)  # E: DW413 `len` is not a task


@workflow
def ratios(xs: list[int]) -> None:
    one = partial(add, 1)
    map_task(one, min_success_ratio=80)(y=xs)  # E: DW413 must be a number from 0 to 1
    map_task(one, min_success_ratio=0.5, min_successes=3)(y=xs)  # E: DW413 say the same thing in two ways
    map_task(one, min_successes=3)(y=[1, 2])  # E: DW413 3 elements must succeed, but `y` has 2
    map_task(one, metadata={"retries": 3})(y=xs)  # E: DW413 `metadata` takes a `TaskMetadata`
    map_task(one, metadata=TaskMetadata(3))(y=xs)  # E: DW413 takes keywords only
    map_task(one)()  # E: DW413 lacks the list to run over
    map_task(add)(x=xs)  # E: DW413 also needs `y`
