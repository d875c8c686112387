"""Results that do not fit an input: what to write instead, in the names of the source."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import List, Tuple

from dagwright import task, workflow


class Kind(Enum):
    SMALL = "small"


@dataclass
class Point:
    x: int
    y: int


@task
def points(count: int) -> List[Point]:
    return []


@task
def length(point: Point, kind: Kind = Kind.SMALL) -> float:
    return 0.0


@task
def total(numbers: List[int]) -> int:
    return sum(numbers)


@task
def split(count: int) -> Tuple[int, int]:
    return count, count


@task
def wait(until: datetime) -> None:
    print(until)


@workflow
def main(count: int) -> None:
    length(point=points(count=count))  # E: DW304 the result of `points` is `list[Point]`, but `length.point` takes `Point`
    total(numbers=count)  # E: DW304 the input `count` is `int`, but `total.numbers` takes `list[int]`
    length(point={"x": 1, "y": count})  # E: DW304 this is `dict[str, int]`, but `length.point` takes `Point`
    length(point={"x": 1, "y": 2})  # E: DW305 expected `Point`
    parts = split(count=count)
    total(numbers=[parts])  # E: DW311 `split` gives 2 values packed in a tuple where one is needed
    total(numbers=total)  # E: DW407 the task `total` cannot be passed to `total.numbers`
    length(point=Point(1, 2), kind=Kind.SMAL)  # E: DW312 `Kind` has no member `SMAL`
    wait(until="2024-01-31")  # E: DW305 expected `datetime`, found `str` ('2024-01-31')
    for at in range(count):  # E: DW408 `range` needs the value of the input `count`
        total(numbers=[at])
    found = points(count=count)
    for at in range(len(found)):  # E: DW406 `for` needs the elements of the result of `points`
        length(point=found[at], kind=Kind.SMALL)
