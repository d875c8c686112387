"""Instances of classes that a workflow builds with results in them, on every way of running."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ways_of_running import WAYS, execute, write_project

FLOW = """
from __future__ import annotations
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, NamedTuple, Optional, TypedDict, TypeVar
from pydantic import BaseModel, Field, field_validator
from dagwright import map_task, task, workflow

T = TypeVar("T")

class Color(Enum):
    RED = "r"
    BLUE = "b"

@dataclass
class Point:
    x: int
    y: float = 0.5
    tags: list[str] = field(default_factory=list)

@dataclass
class Line:
    start: Point
    others: dict[str, list[Point]] = field(default_factory=dict)
    color: Color = Color.RED
    end: Optional[Point] = None

@dataclass
class Doubled:
    x: int
    def __post_init__(self):
        if self.x < 0:
            raise ValueError(f"{self.x} is negative")
        self.x *= 2

@dataclass(frozen=True)
class Seeded:
    x: int
    seeds: tuple[int, ...] = field(default_factory=lambda: tuple(sorted([3, 1])))

@dataclass
class Box(Generic[T]):
    value: T

class Model(BaseModel):
    x: int
    inner_value: float = Field(1.5, alias="innerValue")
    @field_validator("x")
    @classmethod
    def small(cls, x):
        if x > 10:
            raise ValueError("too large")
        return x

class Keys(TypedDict, total=False):
    x: int
    s: str

class Pair(NamedTuple):
    count: int
    label: str = "none"

@task(cache=True, cache_version="1")
def number(x: int) -> int:
    return x

@task(cache=True, cache_version="1")
def point(x: int) -> Point:
    return Point(x, tags=["t"])

@task(cache=True, cache_version="1")
def show_line(line: Line) -> str:
    return repr(line)

@task(cache=True, cache_version="1")
def show_doubled(value: Doubled) -> str:
    return repr(value)

@task(cache=True, cache_version="1")
def show_all(a: Seeded, b: Box[int], c: Model, d: Keys, e: Pair) -> str:
    return f"{a} {b} {c} {d} {e}"

@task
def show_x(point: Point) -> int:
    return point.x

@workflow
def nested(n: int = 1) -> str:
    others = {"a": [point(x=n), Point(number(x=2))], "b": []}
    return show_line(line=Line(point(x=n), others=others, color=Color.BLUE, end=Point(n, 2)))

@workflow
def own_code(n: int = 1) -> str:
    return show_doubled(value=Doubled(number(x=n)))

@workflow
def constant_of_own_code() -> str:
    return show_doubled(value=Doubled(4))

@workflow
def kinds(n: int = 1) -> str:
    made = number(x=n)
    return show_all(a=Seeded(made), b=Box(made), c=Model(x=made, innerValue=2), d={"x": made}, e=Pair(made))

@workflow
def returned(n: int = 1) -> tuple[Line, int, list[int]]:
    line = Line(Point(number(x=n)), end=point(x=2))
    return line, line.start.x, map_task(show_x)(point=[line.start, point(x=5), Point(6)])

@workflow
def named(n: int = 1) -> Pair:
    return Pair(number(x=n))

@workflow
def fails_in_its_class(n: int = -1) -> str:
    return show_doubled(value=Doubled(number(x=n)))

@workflow
def refused_by_the_model(n: int = 11) -> str:
    made = number(x=n)
    return show_all(a=Seeded(made), b=Box(made), c=Model(x=made), d={"x": made}, e=Pair(made))
"""
LINE = (
    "Line(start=Point(x=1, y=0.5, tags=['t']), others={'a': [Point(x=1, y=0.5, tags=['t']), Point(x=2, y=0.5, tags=[])], 'b': []},"
    " color=<Color.BLUE: 'b'>, end=Point(x=1, y=2.0, tags=[]))"
)
POINT = {"x": 1, "y": 0.5, "tags": []}
EXPECTED = {
    "nested": LINE,
    "own_code": "Doubled(x=2)",
    "constant_of_own_code": "Doubled(x=8)",
    "kinds": "Seeded(x=1, seeds=(1, 3)) Box(value=1) x=1 inner_value=2.0 {'x': 1} Pair(count=1, label='none')",
    "returned": [
        {"start": POINT, "others": {}, "color": "RED", "end": {"x": 2, "y": 0.5, "tags": ["t"]}},
        1,
        [1, 5, 6],
    ],
    "named": {"count": 1, "label": "none"},
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("records"), FLOW)


@pytest.mark.parametrize("workflow", EXPECTED)
def test_every_way_builds_the_same_instances_under_the_same_keys(project: Path, workflow: str) -> None:
    ended = execute(project, "script", workflow)
    assert ended.returncode == 0, ended.stderr
    if isinstance(EXPECTED[workflow], str):
        assert ended.stdout == f"{EXPECTED[workflow]!r}\n"
    for way in ("run", "isolate", "batch"):
        ended = execute(project, way, workflow)
        assert json.loads(ended.stdout or "null") == EXPECTED[workflow], ended.stderr
        uncached = 3 if workflow == "returned" else 0
        assert f"{uncached} run, " in ended.stderr or not uncached
        assert uncached or "0 run, " in ended.stderr, ended.stderr


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("workflow", "message"), [("fails_in_its_class", "-1 is negative"), ("refused_by_the_model", "too large")]
)
def test_what_a_class_refuses_is_the_users_failure(project: Path, way: str, workflow: str, message: str) -> None:
    ended = execute(project, way, workflow)
    assert ended.returncode
    assert message in ended.stderr
    assert "dagwright.execution" not in ended.stderr
