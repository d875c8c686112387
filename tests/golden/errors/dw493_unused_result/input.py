from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x



@workflow
def main(x: int) -> int:
    double(x=1)  # W: DW493 the result of `double` is never used
    return double(x=x)
