from dagwright import map_task, task, workflow


@task
def double(x: int) -> int:
    return 2 * x


@workflow
def main(numbers: list[int], note: str = "none") -> list[int]:
    return map_task(double)(x=numbers)
