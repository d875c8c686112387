from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x



@workflow
def main() -> int:
    return double()  # E: DW401
