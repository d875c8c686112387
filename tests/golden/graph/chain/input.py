from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x


@task
def describe(x: int) -> str:
    return f"got {x}"


@workflow
def main(x: int = 3) -> str:
    doubled = double(x=x)
    return describe(x=doubled)
