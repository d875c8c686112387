"""The compiler's verdict on an edge and what the runtime does with a value that crosses it: one and the same."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from value_samples import (
    CLASSES,
    Base,
    Box,
    Colour,
    Derived,
    Frozen,
    Level,
    Model,
    Pair,
    Point,
    Row,
    Slotted,
    Tree,
    identity,
    located,
    name_of,
    types,
    values,
)

from dagwright.contract.types import Type, origin_of, parse, union_of
from dagwright.values.codec import Codec
from dagwright.values.mismatch import ValueMismatch
from dagwright_compiler.frontend.typing_rules import NO, YES, TypingRules

_BASES = {
    name_of(Derived): {name_of(Base)},
    name_of(Level): {"int"},
    name_of(Pair): {"tuple"},
    name_of(Row): {"dict"},
    name_of(Colour): set(),
}
RULES = TypingRules(
    lambda name: (frozenset({origin_of(name), *_BASES.get(name, ())}), True) if name in CLASSES else None,
    lambda name: {field["name"]: parse(field["type"]) for field in CLASSES[name].get("fields", ())},
    lambda name: {field["name"]: parse(field["type"]) for field in CLASSES[name].get("fields", ()) if not field.get("optional")},
)
CODEC = Codec(CLASSES)
# The same examples wherever a submission is judged; fresh ones on the machines of developers, who can act on what they find.
_ALIKE: Any = {
    "derandomize": bool(os.environ.get("CI")),
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much],
}


@st.composite
def edges(draw: st.DrawFn) -> tuple[Type, Type, object]:
    """A type, another that is often near to it, and a value of the first as its consumer would get it."""
    source = draw(types())
    target = draw(types() | st.just(source) | types().map(lambda other: union_of([source, other])))
    return source, target, draw(values(source))


def _crosses(source: Type, target: Type, value: object) -> tuple[bool, object]:
    """What the consumer gets: the value written under the type that its producer declares, read back, taken as the consumer's."""
    blobs: dict[str, bytes] = {}
    try:
        given_value = CODEC.normalise(value, source)
    except ValueMismatch:  # two keys of a dict that are one text
        reject()
    data = CODEC.encode(given_value, source, blobs)
    arrived = CODEC.decode(data, source, blobs.__getitem__)
    try:
        return True, CODEC.normalise(arrived, target)
    except ValueMismatch:
        return False, None


@settings(max_examples=400, **_ALIKE)
@given(edges())
def test_an_accepted_edge_carries_every_value(edge: tuple[Type, Type, object]) -> None:
    source, target, value = edge
    if RULES.assignable(source, target) == YES:
        passed, taken = _crosses(source, target, value)
        assert passed
        again, retaken = _crosses(target, target, taken)  # what arrives is a value of the consumer's own type
        assert again
        assert identity(retaken) == identity(taken)


@settings(max_examples=600, **_ALIKE)
@given(types(), types())
def test_a_refused_edge_has_a_value_that_does_not_cross(source: Type, target: Type) -> None:
    if RULES.assignable(source, target) == NO:
        assert not all(_crosses(source, target, value)[0] for value in _telling(source))


_INSTANCES: dict[str, list[Any]] = {
    name_of(Colour): [Colour.RED],
    name_of(Level): [Level.LOW],
    name_of(Point): [Point(1.5, 2.5)],
    name_of(Frozen): [Frozen("a")],
    name_of(Slotted): [Slotted({1: [1.5]})],
    name_of(Tree): [Tree(1, [Tree(None)])],
    name_of(Base): [Base(1)],
    name_of(Derived): [Derived(1, Colour.RED)],
    name_of(Pair): [Pair(1, "a")],
    name_of(Row): [{"name": "a", "value": 1.5, "marks": [1]}],
    name_of(Model): [Model(size=1, thePath="a", ratios=[1.5])],
    f"{name_of(Box)}[int]": [Box(1, frozenset({"a"}))],
    f"{name_of(Box)}[float]": [Box(1.5, frozenset({"a"}))],
    f"{name_of(Box)}[str]": [Box("a", frozenset({"a"}))],
}
_SCALARS: dict[str, list[Any]] = {
    "int": [2],
    "float": [1.5],
    "bool": [True],
    "str": ["text"],
    "bytes": [b"a"],
    "none": [None],
    "datetime": [datetime(2024, 1, 31, tzinfo=UTC)],
    "date": [date(2024, 1, 31)],
    "time": [time(9, 30)],
    "timedelta": [timedelta(1)],
    "decimal": [Decimal("1.5")],
    "uuid": [UUID(int=1)],
    "path": [Path("a")],
    "literal": ["a", 1, True, "]"],
    "unknown": [1],
    "ndarray": [np.array([1])],
    "opaque": [Fraction(1, 2)],
}


def _telling(declared: Type) -> list[Any]:
    """Values that have something at every place where the type allows it: an empty list fits every list."""
    kind = declared.kind
    if kind == "class":
        return _INSTANCES[declared.name]
    if kind == "union":
        return [value for part in declared.args for value in _telling(part)]
    if kind in ("file", "directory"):
        return located(declared)
    if kind == "list":
        return [[value] for value in _telling(declared.args[0])]
    if kind == "vartuple":
        return [(value,) for value in _telling(declared.args[0])]
    if kind in ("set", "frozenset"):
        return [{value} if kind == "set" else frozenset({value}) for value in _telling(declared.args[0])]
    if kind == "dict":
        return [{key: value} for key in _telling(declared.args[0]) for value in _telling(declared.args[1])]
    if kind == "tuple":
        return [tuple(values) for values in product(*map(_telling, declared.args))]
    return _SCALARS[kind]
