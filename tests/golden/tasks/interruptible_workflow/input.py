"""A workflow's `interruptible` counts for tasks that say nothing about it, in subworkflows that say nothing too."""

from flytekit import map_task, task, workflow


@task
def silent(x: int) -> int:
    return x + 1


@task(interruptible=False)
def steady(x: int) -> int:
    return x + 1


@workflow
def quiet(x: int) -> int:
    return steady(x=silent(x=x))


@workflow(interruptible=False)
def safe(x: int) -> int:
    return silent(x=x)


@workflow(interruptible=True)
def main(xs: list[int]) -> tuple[list[int], int, int, int]:
    mapped = map_task(silent)(x=xs)
    called = silent(x=mapped[0]).with_overrides(interruptible=False)
    return mapped, called, quiet(x=called), safe(x=called)
