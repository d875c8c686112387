from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x



@workflow
def main(x: int) -> int:
    y = double(x=x)
    x >> y  # E: DW414
    return y
