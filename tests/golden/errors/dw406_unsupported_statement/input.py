from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x



@workflow
def main(x: int) -> int:
    while x < 10:  # E: DW406
        x = double(x=x)
    return x
