from dagwright import map_task, task, workflow


@task
def add(x: int, y: int) -> int:
    return x + y


@workflow
def main(xs: list[int]) -> list[int]:
    return map_task(add, concurrency=-1)(x=xs, y=xs)  # E: DW413


@workflow
def unequal() -> list[int]:
    return map_task(add)(x=[1, 2], y=[1])  # E: DW413
