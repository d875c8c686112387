"""Instances of classes that a workflow body builds with results in them."""

from __future__ import annotations

import pytest
from frontend_sources import assert_marked, body, clean

from dagwright.contract.types import parse
from dagwright_compiler.ir.program import InputBinding, ListBinding, LiteralBinding, OutputBinding, StructBinding, TaskNode

CLASSES = """
from dataclasses import KW_ONLY, InitVar, field
from typing import Generic, TypedDict, TypeVar
from pydantic import BaseModel, Field

T = TypeVar("T")

@dataclass
class Point:
    x: int
    y: float = 0.5
    tags: List[str] = field(default_factory=list)

@dataclass
class Line:
    start: Point
    end: Optional[Point] = None

@dataclass
class Doubled:
    x: int
    def __post_init__(self) -> None:
        self.x *= 2

def seeds() -> List[int]:
    return [1]

@dataclass
class Later:
    x: int
    seed: List[int] = field(default_factory=seeds)

@dataclass
class Own:
    x: int
    def __init__(self, text: str) -> None:
        self.x = len(text)

@dataclass
class Keywords:
    _: KW_ONLY
    x: int

@dataclass
class Half:
    x: int
    scale: InitVar[int] = 1

@dataclass
class Box(Generic[T]):
    value: T

class Model(BaseModel):
    x: int
    inner_value: float = Field(1.5, alias="innerValue")

class Keys(TypedDict, total=False):
    x: int
    s: str

class Lists(NamedTuple):
    numbers: List[float]
    labels: List[str]

@task
def point(x: int) -> Point:
    return Point(x)

@task
def line(value: Line) -> int:
    return value.start.x

@task
def use(value: Point) -> int:
    return value.x

@task
def either(value: Union[int, Point, None]) -> int:
    return 1

@task
def box(value: Box[int]) -> int:
    return value.value

@task
def boxes(value: Union[Box[str], Box[int]]) -> int:
    return 1

@task
def later(value: Later) -> int:
    return 1

@task
def doubled(value: Doubled) -> int:
    return 1

@task
def model(value: Model) -> int:
    return 1

@task
def keys(value: Keys) -> int:
    return 1

@task
def pair(value: Pair) -> int:
    return 1

"""
NUMBER = OutputBinding(node="number", output="o0")


def _body(lines: str, signature: str = "def main(n: int = 3) -> None:") -> str:
    head, marker, rest = body(lines, signature).partition("@workflow\n")
    return head + CLASSES + marker + rest


def _bound(call: str) -> StructBinding:
    node = clean(_body(call)).workflow().nodes[-1]
    assert isinstance(node, TaskNode)
    binding = dict(node.bindings)["value"]
    assert isinstance(binding, StructBinding)
    return binding


def test_an_instance_is_its_fields_with_their_defaults() -> None:
    bound = _bound("use(value=Point(number(x=n), tags=[text(s='a')]))")
    assert (bound.type.text, bound.constructs) == ("class[flow.Point]", False)
    fields = dict(bound.items)
    assert fields["x"] == NUMBER
    assert fields["y"] == LiteralBinding(type=parse("float"), value=0.5)


def test_instances_stand_in_instances_lists_and_dicts() -> None:
    bound = _bound("line(value=Line(Point(n), end=Point(1, y=2)))")
    start = dict(bound.items)["start"]
    assert isinstance(start, StructBinding)
    assert dict(start.items)["x"] == InputBinding(name="n")
    assert dict(bound.items)["end"] == LiteralBinding(
        type=parse("union[class[flow.Point], none]"), value={"x": 1, "y": 2.0, "tags": []}
    )


@pytest.mark.parametrize(
    ("call", "fields"),
    [
        ("doubled(value=Doubled(n))", {"x"}),
        ("doubled(value=Doubled(1))", {"x"}),
        ("later(value=Later(n))", {"x"}),
        ("model(value=Model(x=n))", {"x"}),
        ("model(value=Model(x=n, innerValue=2))", {"x", "inner_value"}),
    ],
)
def test_a_class_that_runs_code_makes_the_instance_of_what_is_given(call: str, fields: set[str]) -> None:
    bound = _bound(call)
    assert bound.constructs
    assert set(dict(bound.items)) == fields


@pytest.mark.parametrize(
    ("call", "declared"),
    [
        ("box(value=Box(n))", "class[flow.Box[int]]"),
        ("boxes(value=Box(n))", "class[flow.Box[int]]"),
        ("boxes(value=Box(text(s='a')))", "class[flow.Box[str]]"),
        ("either(value=Point(n))", "class[flow.Point]"),
        ("keys(value=Keys(x=n))", "class[flow.Keys]"),
        ("keys(value={'x': n})", "class[flow.Keys]"),
        ("pair(value=Pair(n, text(s='a')))", "class[flow.Pair]"),
    ],
)
def test_an_instance_takes_the_type_of_its_place(call: str, declared: str) -> None:
    assert _bound(call).type.text == declared


def test_fields_of_an_instance_are_what_they_were_given() -> None:
    made = clean(
        _body("made = Line(Point(number(x=n), 2), end=Point(n))\npair = Pair(n, 'a')\ntext(s=pair[1], times=made.start.x)")
    ).workflow()
    assert dict(made.nodes[-1].bindings)["times"] == NUMBER


def test_a_named_tuple_with_results_unpacks() -> None:
    made = clean(_body("count, label = Pair(number(x=n), 'a')\ntext(s=label, times=count)")).workflow()
    assert dict(made.nodes[-1].bindings)["times"] == NUMBER


def test_lists_in_an_instance_are_those_of_the_body() -> None:
    lines = """
point = Point(n, tags=[text(s='a'), 'b'])
pair = Lists([number(x=n), 7], ['c'])
numbers_, labels = pair
for tag in point.tags + labels:
    text(s=tag)
first, *rest = pair.numbers
total(xs=[*rest, first, len(point.tags), pair[0][-1]])
"""
    nodes = clean(_body(lines)).workflow().nodes
    assert [node.task for node in nodes if isinstance(node, TaskNode)] == [
        f"flow.{name}" for name in ("text", "number", "text", "text", "text", "total")
    ]
    assert dict(nodes[2].bindings)["s"] == OutputBinding(node="text-point", output="o0")
    joined = dict(nodes[-1].bindings)["xs"]
    assert isinstance(joined, ListBinding)
    assert [item.value for item in joined.items if isinstance(item, LiteralBinding)] == [7.0, 2.0, 7.0]


def test_lists_in_an_instance_stay_as_they_are() -> None:
    assert_marked(
        _body(
            """
tags = [text(s='a')]
point = Point(n, tags=tags)
tags.append('b')  # E: DW406
point.tags.append('b')  # E: DW406
Point(n).tags.append('b')  # E: DW406
numbers_, labels = Lists([number(x=n)], ['c'])
numbers_.append(1)  # E: DW406
labels += ['d']  # E: DW406
point.x = 3  # E: DW406
use(value=point)
"""
        )
    )


def test_findings_stand_on_their_lines() -> None:
    assert_marked(
        _body(
            """
use(value=Point(text(s='a')))  # E: DW304
use(value=Point(n, 'a'))  # E: DW305
use(value=Point())  # E: DW401
use(value=Point(y=number(x=n)))  # E: DW401
use(value=Point(n, z=1))  # E: DW402
use(value=Point(n, x=n))  # E: DW403
use(value=Point(n, 1, [], n))  # E: DW404
use(value=Point(**{'x': n}))
use(value=Point(**n))  # E: DW407
use(value=Own(text(s='a')))  # E: DW407
use(value=Keywords(n))  # E: DW407
use(value=Half(n))  # E: DW407
use(value=Line(Point(n)))  # E: DW304
use(value=Point(silent(x=n)))  # E: DW311
model(value=Model(n))  # E: DW407
model(value=Model(x=n, inner=1))  # E: DW402
box(value=Box(text(s='a')))  # E: DW304
keys(value=Keys(z=n))  # E: DW402
pair(value=Pair(n))  # E: DW401
made = Point(n)
text(s='a', times=made.z)  # E: DW312
number(x=Doubled(n).x)  # E: DW408
"""
        )
    )
