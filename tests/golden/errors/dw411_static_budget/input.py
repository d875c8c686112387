from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x



@workflow
def main() -> int:
    return double(x=sum([1 for _ in range(10**9)]))  # E: DW411
