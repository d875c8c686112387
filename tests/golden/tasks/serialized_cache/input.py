from dagwright import task, workflow


@task(cache=True, cache_version="1", cache_serialize=True)
def double(x: int) -> int:
    return 2 * x


@task(cache=True, cache_version="1")
def triple(x: int) -> int:
    return 3 * x


@workflow
def main(x: int) -> tuple[int, int]:
    return double(x=x), triple(x=x).with_overrides(cache_serialize=True)
