from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x


@task
def add(a: int, b: int) -> int:
    return a + b


@workflow
def circle(x: int) -> int:
    first = add(a=x, b=third)  # E: DW209 `first` -> `second` -> `third` -> `first`
    second = double(x=first)
    third = double(x=second)
    return third


@workflow
def main(x: int) -> int:
    first = double(x=second)  # E: DW209 it is assigned elsewhere in this function
    second = double(x=x)
    return first
