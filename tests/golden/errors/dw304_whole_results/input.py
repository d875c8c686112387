from typing import NamedTuple

from dagwright import task, workflow


class Split(NamedTuple):
    train: int
    test: str


class Other(NamedTuple):
    train: int
    test: str


@task
def split(rows: int) -> Split:
    return Split(rows - 1, "t")


@task
def other(of: Other) -> int:
    return of.train


@task
def texts(of: tuple[str, str]) -> str:
    return of[0]


@task
def three(of: tuple[int, str, int]) -> int:
    return of[0]


@task
def number(of: int) -> int:
    return of


@workflow
def main(rows: int) -> int:
    parts = split(rows=rows)
    other(of=parts)  # E: DW311 `split` gives 2 values packed in a tuple where one is needed
    texts(of=parts)  # E: DW304 `.train` of the result of `split` is `int`, but this part of `texts.of` takes `str`
    three(of=parts)  # E: DW304 this is `tuple[int, str]`, but `three.of` takes `tuple[int, str, int]`
    return number(of=parts)  # E: DW311 `split` gives 2 values packed in a tuple where one is needed
