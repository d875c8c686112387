from typing import Optional

from dagwright import map_task, task, workflow


@task
def split(text: str) -> list[str]:
    return text.split()


@task
def number(word: str) -> int:
    return int(word)


@task
def total(numbers: list[Optional[int]]) -> int:
    return sum(number for number in numbers if number is not None)


@workflow
def main(text: str) -> tuple[int, list[Optional[int]]]:
    numbers = map_task(number, min_success_ratio=0.5, concurrency=4)(word=split(text=text))
    return total(numbers=numbers), map_task(number, min_successes=1)(word=["1", "one"])
