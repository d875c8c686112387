from typing import NamedTuple

from dagwright import task, workflow


class Split(NamedTuple):
    train: list[int]
    test: list[int]


@task
def split(values: list[int]) -> Split:
    return Split(values[1:], values[:1])


@task
def sizes(train: list[int], test: list[int]) -> tuple[int, int]:
    return len(train), len(test)


@workflow
def main(values: list[int]) -> tuple[int, int]:
    parts = split(values=values)
    train_size, test_size = sizes(train=parts.train, test=parts.test)
    return test_size, train_size
