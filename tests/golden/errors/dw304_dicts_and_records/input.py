"""A dict where keys of other types are declared, and back; a file of a format where a record is declared."""

from dataclasses import dataclass
from typing import Any, NamedTuple, NotRequired, TypedDict

from dagwright import File, task, workflow


class Row(TypedDict):
    name: str
    size: int
    note: NotRequired[bytes]


class Point(NamedTuple):
    x: int
    y: str


@dataclass
class Settings:
    rate: float


@task
def counts() -> dict[str, int]:
    return {"size": 1}


@task
def mixed() -> dict[str, int | str]:
    return {"name": "a", "size": 1}


@task
def anything() -> dict[str, Any]:
    return {"name": "a", "size": 1}


@task
def row() -> Row:
    return {"name": "a", "size": 1}


@task
def table() -> File["csv"]:
    return "table.csv"


@task
def read(row: Row) -> int:
    return row["size"]


@task
def total(counts: dict[str, int]) -> int:
    return sum(counts.values())


@task
def both(pair: tuple[int, int]) -> int:
    return sum(pair)


@task
def tune(settings: Settings) -> int:
    return 0


@workflow
def main(point: Point) -> int:
    read(row=counts())  # E: DW304 takes `Row`
    read(row=mixed())
    read(row=anything())
    read(row=table())  # E: DW304 takes `Row`
    total(counts=row())  # E: DW304 takes `dict[str, int]`
    both(pair=point)  # E: DW304 takes `tuple[int, int]`
    return tune(settings=table())  # E: DW304 takes `Settings`
