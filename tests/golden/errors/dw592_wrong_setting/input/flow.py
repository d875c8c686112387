from dagwright import task, workflow


@task(cache=True, cache_version="1")
def double(x: int) -> int:
    return 2 * x


@workflow
def main(x: int) -> int:
    return double(x=x)
