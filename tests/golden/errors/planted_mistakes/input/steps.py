"""Tasks that the planted mistakes are made with."""

from dataclasses import dataclass
from typing import NamedTuple

from dagwright import task


@dataclass
class Report:
    title: str
    rows: int


class Split(NamedTuple):
    train: list[int]
    test: list[int]


@task
def load(path: str) -> int:
    return len(path)


@task
def numbers(count: int) -> list[int]:
    return list(range(count))


@task
def label(name: str) -> str:
    return name.upper()


@task
def double(value: int) -> int:
    return 2 * value


@task
def shout(text: str) -> str:
    return text + "!"


@task
def add(a: int, b: int = 1) -> int:
    return a + b


@task
def split(values: list[int]) -> Split:
    return Split(values[1:], values[:1])


@task
def report(rows: int) -> Report:
    return Report("report", rows)
