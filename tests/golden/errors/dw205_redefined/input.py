from dagwright import task, workflow


@task
def double(x: int) -> int:  # W: DW205 defined again below
    return 2 * x



@task
def double(x: int) -> int:
    return x + x


@workflow
def main(x: int) -> int:
    return double(x=x)
