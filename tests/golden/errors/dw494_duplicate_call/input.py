from dagwright import task, workflow


@task(cache=True, cache_version="1")
def double(x: int) -> int:
    return 2 * x


@task
def add(a: int, b: int) -> int:
    return a + b


@workflow
def main(x: int) -> int:
    a = double(x=x)
    b = double(x=x)  # W: DW494 `double` is called twice
    return add(a=a, b=b)
