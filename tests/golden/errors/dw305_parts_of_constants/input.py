"""Constants of which one part does not fit: it is marked, in the literal or where a name gets its value."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from dagwright import task, workflow


class Mode(Enum):
    FAST = "fast"


@dataclass
class Limits:
    sizes: list[int]
    note: str = ""


SIZES = [1, "two", 3]


@task
def count(sizes: list[int], names: dict[str, int], limits: Limits) -> int:
    return len(sizes)


@task
def wait(pause: timedelta, mode: Mode = Mode.FAST) -> None:
    print(pause)


@workflow
def main(n: int) -> None:
    count(sizes=[1, 2.5], names={"a": 1, "b": "c"}, limits=Limits(sizes=[1, "2"]))  # E: DW305 expected `int`, found `float` (2.5)  # E: DW305 found `str` ('c')  # E: DW305 found `str` ('2')
    count(sizes=SIZES, names={3: 1}, limits=Limits(sizes=[n, None]))  # E: DW305 expected `int` at `[1]`  # E: DW305 expected `str`, found `int` (3)  # E: DW305 found `None`
    count(sizes=3, names={}, limits=Limits(sizes=(1, 2)))  # E: DW305 expected `list[int]`, found `int` (3)  # E: DW305
    wait(pause=30)  # E: DW305 expected `timedelta`
    wait(pause=timedelta(1), mode="fast")  # E: DW305 which is the value of `Mode.FAST`
