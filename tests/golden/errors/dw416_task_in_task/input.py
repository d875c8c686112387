from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x



@task
def quadruple(x: int) -> int:
    return double(x=double(x=x))  # W: DW416


@workflow
def main(x: int) -> int:
    return quadruple(x=x)
