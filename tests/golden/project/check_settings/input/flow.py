from dagwright import task, workflow


@task(cache=True, cache_version="1")
def double(x: int) -> int:
    return 2 * x


@workflow
def main(x: int) -> int:
    double(x=1)  # W: DW493 the result of `double` is never used
    print("left out")
    return double(x=x)
