from dagwright import task, workflow


@task
def load(x: int) -> int:
    return x


@workflow
def report(x: int = 1) -> int:
    return load(x=x)
