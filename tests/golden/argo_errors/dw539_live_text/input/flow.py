from dagwright import task, workflow


@task(environment={"SEPARATOR": "\x7f"})  # E: DW539 the environment variable SEPARATOR holds a control character
def double(x: int) -> int:
    return 2 * x


@workflow
def main(x: int) -> int:
    return double(x=x)
