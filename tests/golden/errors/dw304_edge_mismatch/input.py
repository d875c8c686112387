from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x



@task
def label(name: str) -> str:
    return name


@workflow
def main(x: int) -> str:
    n = double(x=x)
    return label(name=n)  # E: DW304
