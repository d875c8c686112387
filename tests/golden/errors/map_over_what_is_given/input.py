from datetime import timedelta

from dagwright import approve, map_task, task, wait_for_input, workflow

HOUR = timedelta(hours=1)


@task
def numbers() -> list[int]:
    return [1, 2]


@task
def square(x: int) -> int:
    return x * x


@task
def add(x: int, y: int) -> int:
    return x + y


@workflow
def main() -> list[int]:
    known = approve(numbers(), "numbers", HOUR)
    given = wait_for_input("given", HOUR, expected_type=list[int])
    squares = map_task(square)(x=given)  # E: DW413 a map cannot run over what `given` waits for
    sums = map_task(add)(x=known, y=given)  # E: DW413 a map cannot run over what `given` waits for
    return map_task(add)(x=sums, y=squares)
