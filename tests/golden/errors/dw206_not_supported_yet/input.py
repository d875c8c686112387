from flytekit import dynamic, task, workflow


@task
def double(x: int) -> int:
    return 2 * x


@dynamic  # E: DW206
def many(n: int) -> list[int]:
    return [double(x=i) for i in range(n)]


@workflow
def main(n: int) -> list[int]:
    return many(n=n)
