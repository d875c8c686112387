"""Constants that do not fit: the key, the choice, the brackets or the instance that would."""

from dataclasses import dataclass
from typing import List, Literal, Tuple, TypedDict

from dagwright import task, workflow


class Row(TypedDict):
    name: str
    size: int


@dataclass
class Limits:
    low: int
    high: int


@task
def read(row: Row, mode: Literal["fast", "slow"] = "fast") -> int:
    return row["size"]


@task
def crop(box: Tuple[int, int], limits: Limits, *, scale: float = 1.0) -> List[int]:
    return [*box]


@workflow
def main(count: int) -> None:
    read(row={"name": "a", "sise": 1})  # E: DW305 `Row` has no key 'sise'
    read(row={"name": "a", "sise": count})  # E: DW305 `Row` has no key 'sise'
    read(row={"name": "a"})  # E: DW305 `Row` lacks the key 'size'
    read(row={"name": "a", "size": 1}, mode="fsat")  # E: DW305 found `str` ('fsat')
    read(row={"name": "a", "size": 1}, mode="quick")  # E: DW305 found `str` ('quick')
    crop(box=[1, 2], limits=Limits(1, 2))  # E: DW305 expected `tuple[int, int]`, found `list[int]`
    crop(box=[count, 2], limits=Limits(1, 2))  # E: DW304 this is `list[int]`, but `crop.box` takes `tuple[int, int]`
    crop((1, 2), limits=Limits)  # E: DW407 the class `Limits` cannot be passed to `crop.limits`
    crop((1, 2), Limits(1, 2), 0.5)  # E: DW404 `crop` takes 2 positional arguments, but 3 are passed
