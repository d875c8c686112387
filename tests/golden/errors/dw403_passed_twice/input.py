"""An input that is passed twice, where another one is meant: one finding."""

from dagwright import task, workflow


@task
def add(first: int, second: int, third: int = 0) -> int:
    return first + second + third


@workflow
def main(a: int, b: int) -> int:
    add(a, b, second=b)  # E: DW403 `second` is passed twice to `add`
    return add(first=a, first=b)  # E: DW403 `first` is passed twice to `add`
