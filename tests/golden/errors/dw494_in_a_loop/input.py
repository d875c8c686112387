from dagwright import task, workflow


@task(cache=True, cache_version="1")
def load(x: int) -> int:
    return x


@task
def add(values: list[int]) -> int:
    return sum(values)


@workflow
def main(x: int) -> int:
    values = []
    for number in range(3):
        values.append(load(x=x))  # W: DW494 called twice
        load(x=number)  # W: DW493
    return add(values=values)
