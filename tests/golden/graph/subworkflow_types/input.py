from typing import Any

from dagwright import task, workflow


@task
def count() -> int:
    return 3


@task
def show(value: Any) -> str:
    return repr(value)


@task
def half(value: float) -> float:
    return value / 2


@workflow
def inner(value: float) -> tuple[str, float]:
    # `show` takes anything, so only the input's own type says that it is given a float.
    return show(value=value), half(value=value)


@workflow
def main() -> tuple[str, float]:
    return inner(value=count())
