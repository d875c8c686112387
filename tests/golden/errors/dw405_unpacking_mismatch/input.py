from dagwright import task, workflow


@task
def pair(x: int) -> tuple[int, int]:
    return x, x


@workflow
def main(x: int) -> int:
    a, b, c = pair(x=x)  # E: DW405
    return a
