"""Classes that Python refuses while it imports their module: no task of it would ever start."""

from dataclasses import KW_ONLY, dataclass, field
from enum import Enum
from typing import ClassVar, Generic, NamedTuple, TypeVar

from dagwright import task, workflow

T = TypeVar("T")


@dataclass
class Shared:
    rows: list[int] = []  # E: DW313 a list as the default of `rows`
    counts: dict[str, int] = field(default={"a": 1})  # E: DW313 a dict as the default of `counts`
    seen: set[int] = set()  # E: DW313 a set as the default of `seen`
    kept: ClassVar[list[int]] = []


@dataclass
class Late:
    rate: float = 1.0
    label: str  # E: DW313 no field without a default (`label`)


@dataclass
class Base:
    size: int = 1


@dataclass
class Derived(Base):
    name: str  # E: DW313 behind one that has a default (`size`)


@dataclass
class Box(Generic[T]):
    item: T
    others: list[T] = [*()]  # E: DW313 a list as the default of `others`


@dataclass
class ByName:
    rate: float = 1.0
    _: KW_ONLY
    label: str


class Pair(NamedTuple):
    _left: int  # E: DW313 begins with an underscore: `_left`
    right: int = 0
    middle: int  # E: DW313 no field without a default (`middle`)


class Color(Enum):
    RED = 1
    CRIMSON = 1
    RED = 2  # E: DW313 two members `RED`


Row = NamedTuple("Row", [("_id", int)])  # E: DW313 begins with an underscore: `_id`


@task
def shared(x: Shared, late: Late, derived: Derived) -> int:
    return 0


@task
def boxes(x: Box[int], y: Box[str], by_name: ByName) -> int:
    return 0


@task
def others(pair: Pair, color: Color, row: Row) -> int:
    return 0


@workflow
def main(by_name: ByName) -> int:
    return shared(x=Shared(), late=Late(), derived=Derived(size=2))
