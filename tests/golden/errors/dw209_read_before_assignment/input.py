from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x



@workflow
def main(x: int) -> int:
    first = double(x=second)  # E: DW209
    second = double(x=x)
    return first
