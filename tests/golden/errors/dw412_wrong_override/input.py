from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x



@workflow
def inner(x: int) -> int:
    return double(x=x)


@workflow
def main(x: int) -> int:
    return inner(x=x).with_overrides(retries=2)  # E: DW412
