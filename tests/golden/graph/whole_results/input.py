"""Several outputs of one call, passed on as the tuple that they are in Python."""

from typing import NamedTuple

from dagwright import task, workflow


class Split(NamedTuple):
    train: int
    test: str


@task
def split(rows: int) -> Split:
    return Split(rows - 1, "t")


@task
def fit(split: Split) -> float:
    return float(split.train)


@task
def count(pair: tuple[int, str]) -> int:
    return pair[0]


@workflow
def main(rows: int) -> tuple[float, int]:
    parts = split(rows=rows)
    return fit(split=parts), count(pair=parts)
