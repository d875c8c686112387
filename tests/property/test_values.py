"""Laws of the codec and of value digests, over generated types and values."""

from __future__ import annotations

import enum
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from value_samples import CLASSES, Colour, Frozen, Level, Pair, Point, Slotted, Tree, identity, types, values

from dagwright.contract.jsontext import dumps, loads
from dagwright.contract.keys import value_digest
from dagwright.contract.types import Type, parse
from dagwright.values import Codec, ValueMismatch

CODEC = Codec(CLASSES, warn=lambda _: None)
few = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
TYPED = types().flatmap(lambda declared: st.tuples(st.just(declared), values(declared)))


def normalised(value: Any, declared: Type) -> Any:
    """Normalise, or drop an example whose value is none of the type: keys that meet, a float past the range."""
    try:
        return CODEC.normalise(value, declared)
    except ValueMismatch:
        assume(False)


def over_the_wire(value: Any, declared: Type) -> Any:
    blobs: dict[str, bytes] = {}
    text = dumps(CODEC.encode(value, declared, blobs))
    return CODEC.decode(loads(text), declared, blobs.__getitem__)


def digest(value: Any, declared: Type) -> str:
    return value_digest(declared, loads(dumps(CODEC.encode(value, declared, {}))), CLASSES)


@few
@given(TYPED)
def test_a_normalised_value_survives_the_wire(typed):
    declared, value = typed
    sent = normalised(value, declared)
    arrived = over_the_wire(sent, declared)
    assert identity(arrived) == identity(sent)
    assert digest(arrived, declared) == digest(sent, declared)
    assert list(_orders(arrived)) == list(_orders(sent))


@few
@given(TYPED)
def test_values_of_their_type_are_taken_and_normalising_twice_changes_nothing(typed):
    declared, value = typed
    once = normalised(value, declared)
    assert identity(CODEC.normalise(once, declared)) == identity(once)


@few
@given(TYPED)
def test_a_normalised_value_shares_nothing_that_can_change(typed):
    declared, value = typed
    once = normalised(value, declared)
    assert not {id(part) for part in _mutable(once)} & {id(part) for part in _mutable(value)}
    assert not {id(part) for part in _mutable(over_the_wire(once, declared))} & {id(part) for part in _mutable(once)}


@few
@given(types(plain=True).flatmap(lambda declared: st.tuples(st.just(declared), values(declared))))
def test_what_is_shown_to_people_can_be_given_back(typed):
    declared, value = typed
    once = normalised(value, declared)
    shown = loads(dumps(CODEC.to_user(once, declared)))
    assert identity(CODEC.from_user(shown, declared)) == identity(once)


@few
@given(st.data())
def test_two_values_of_one_type_share_a_digest_exactly_when_they_are_equal(data):
    declared = data.draw(types())
    one, other = normalised(data.draw(values(declared)), declared), normalised(data.draw(values(declared)), declared)
    assert (digest(one, declared) == digest(other, declared)) == (identity(one) == identity(other))


SMALL = [None, True, False, 0, 1, 0.0, -0.0, 1.0, float("nan"), "", "nan", "$d", "1", b"", b"1"]
SMALL += [
    [],
    (),
    {},
    [[]],
    [()],
    ([],),
    {"$d": []},
    {"$u": "float", "v": "nan"},
    {"$d": [[1, 2]]},
    {1: 2},
    {"1": 2},
    {True: 2},
    {1.0: 2},
]
SMALL += [
    set(),
    frozenset(),
    {1},
    frozenset({1}),
    [1],
    (1,),
    {True},
    {"1"},
    timedelta(0),
    datetime(2024, 1, 1, tzinfo=UTC),
    date(2024, 1, 1),
]
SMALL += [Decimal(1), Decimal("1.0"), Fraction(1), Path("1"), UUID(int=1), "2024-01-01", Colour.RED, "RED", Level.LOW]
SMALL += [
    np.array(1),
    np.array(1, "int8"),
    np.array([1]),
    np.array([[1]]),
    np.array([1.0]),
    np.array(["1"]),
    np.array([], "int8"),
]
SMALL += [Point(0.0), Point(-0.0), Pair(1), (1, None), Tree(1), Tree(None)]


@pytest.mark.parametrize("text", ["unknown", "list[unknown]", "dict[str, unknown]"])
def test_values_without_a_type_never_meet(text):
    declared = parse(text)
    wrap = {"unknown": lambda v: v, "list[unknown]": lambda v: [v], "dict[str, unknown]": lambda v: {"k": v}}[text]
    seen: dict[str, Any] = {}
    for value in SMALL:
        key = digest(CODEC.normalise(wrap(value), declared), declared)
        assert identity(seen.setdefault(key, value)) == identity(value)


@few
@given(TYPED, TYPED)
def test_values_of_different_types_never_share_a_digest(one, other):
    assume(one[0] != other[0])
    assert digest(normalised(one[1], one[0]), one[0]) != digest(normalised(other[1], other[0]), other[0])


@few
@given(TYPED, st.integers())
def test_the_order_of_dicts_does_not_count(typed, seed):
    declared, value = typed
    once = normalised(value, declared)
    assert digest(_shuffled(once, random.Random(seed)), declared) == digest(once, declared)


@few
@given(st.lists(st.integers(-(2**70), 2**70)), st.sampled_from(["list[float]", "dict[str, float]", "tuple", "optional", "class"]))
def test_an_int_is_the_float_that_it_widens_to_wherever_it_stands(numbers, where):
    def at(items: list[Any]) -> tuple[str, Any]:
        if where == "list[float]":
            return where, items
        if where == "dict[str, float]":
            return where, dict(zip(map(str, range(len(items))), items, strict=True))
        if where == "tuple":
            return f"tuple[{', '.join(['float'] * len(items))}]", tuple(items)
        if where == "optional":
            return "list[union[float, none]]", [*items, None]
        return "list[class[value_samples.Point]]", [Point(item, item) for item in items]

    text, ints = at(numbers)
    declared = parse(text)
    floats = at([float(number) for number in numbers])[1]
    assert identity(CODEC.normalise(ints, declared)) == identity(CODEC.normalise(floats, declared))


def _mutable(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        if isinstance(value, list):
            yield value
        for item in value:
            yield from _mutable(item)
    elif isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _mutable(item)
    elif isinstance(value, (Point, Tree, Slotted, Frozen)):
        yield value
        for spec in CLASSES[f"value_samples.{type(value).__name__}"]["fields"]:
            yield from _mutable(getattr(value, spec["name"]))


def _orders(value: Any) -> Any:
    """Keys of all dicts, in their order."""
    if isinstance(value, dict):
        yield [identity(key) for key in value]
        for item in value.values():
            yield from _orders(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _orders(item)


def _shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        pairs = [(key, _shuffled(item, chance)) for key, item in value.items()]
        chance.shuffle(pairs)
        return dict(pairs)
    if isinstance(value, (datetime, timedelta, enum.Enum)):
        return value
    if isinstance(value, Slotted):
        return Slotted(_shuffled(value.items, chance))
    if isinstance(value, tuple):
        return value if hasattr(value, "_fields") else tuple(_shuffled(item, chance) for item in value)
    return [_shuffled(item, chance) for item in value] if isinstance(value, list) else value
