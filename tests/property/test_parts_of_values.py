"""Parts of values: the same part in wire form and in memory, under a type that it has, whatever path leads to it."""

from __future__ import annotations

import os
from enum import Enum
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from value_samples import CLASSES, identity, name_of, types, values

from dagwright.contract.paths import NoSuchPart, follow_value, follow_wire
from dagwright.contract.types import Type, dict_of, list_of, tuple_of
from dagwright.values.codec import Codec
from dagwright.values.mismatch import ValueMismatch

if TYPE_CHECKING:
    from dagwright.contract.paths import Step

CODEC = Codec(CLASSES)
_ALIKE: Any = {
    "derandomize": bool(os.environ.get("CI")),
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much],
}
_MOST_STEPS = 4
_LARGEST = 1 << 63
"""Steps that compiling refuses are never taken."""
_BOUNDS = st.tuples(
    st.none() | st.integers(-4, 4), st.none() | st.integers(-4, 4), st.none() | st.integers(-3, 3).filter(lambda step: step != 0)
)


def _has_plain_keys(declared: Type) -> bool:
    """Whether compiling reads the items of every dict in a type."""
    return (declared.kind != "dict" or declared.args[0].kind in ("int", "str", "unknown")) and all(
        map(_has_plain_keys, declared.args)
    )


_TYPES = types()
_WITH_PARTS = st.one_of(
    _TYPES,
    _TYPES.map(list_of),
    st.builds(dict_of, st.sampled_from([Type("str"), Type("int")]), _TYPES),
    st.builds(tuple_of, _TYPES, _TYPES),
).filter(_has_plain_keys)
_STRAYS: st.SearchStrategy[Step] = st.integers(-3, 3) | st.sampled_from(["", "a", "name", "value", "x"]) | _BOUNDS


@st.composite
def parts(draw: st.DrawFn) -> tuple[Type, object, list[Step]]:
    """A type with parts, a value of it, and a path that mostly leads somewhere."""
    declared = draw(_WITH_PARTS)
    value = draw(values(declared))
    path: list[Step] = []
    current: Any = value
    for _ in range(draw(st.integers(1, _MOST_STEPS))):
        step = draw(_steps(current) | _STRAYS if draw(st.integers(0, 9)) == 0 else _steps(current))
        path.append(step)
        try:
            current = _taken(current, step)
        except (LookupError, TypeError, AttributeError):
            break
    return declared, value, path


def _steps(value: Any) -> st.SearchStrategy[Step]:
    """Steps into a value."""
    if isinstance(value, Enum):
        return st.just("name")
    if name_of(type(value)) in CLASSES:
        return st.sampled_from([spec["name"] for spec in CLASSES[name_of(type(value))]["fields"]])
    if isinstance(value, dict) and value:
        keys = [key for key in value if type(key) is str or (type(key) is int and abs(key) < _LARGEST)]
        return st.sampled_from(keys) if keys else _STRAYS
    if isinstance(value, list | tuple) and value:
        return st.integers(-len(value), len(value) - 1) | _BOUNDS
    return _BOUNDS if isinstance(value, str) else _STRAYS


def _taken(value: Any, step: Step) -> Any:
    if isinstance(step, tuple):
        return value[slice(*step)]
    return getattr(value, step) if isinstance(step, str) and not isinstance(value, dict) else value[step]


@settings(max_examples=500, **_ALIKE)
@given(parts())
def test_wire_and_memory_lead_to_the_same_part(found: tuple[Type, object, list[Step]]) -> None:
    declared, value, path = found
    blobs: dict[str, bytes] = {}
    try:
        value = CODEC.normalise(value, declared)
    except ValueMismatch:  # two keys of a dict that are one text
        reject()
    data = CODEC.encode(value, declared, blobs)
    try:
        part = follow_value(declared, value, path)
    except NoSuchPart:
        part = NoSuchPart
    try:
        of_part, data_of_part = follow_wire(declared, data, path, CLASSES)
    except NoSuchPart:
        assert part is NoSuchPart
        return
    assert part is not NoSuchPart
    arrived = CODEC.decode(data_of_part, of_part, blobs.__getitem__)
    assert identity(CODEC.normalise(arrived, of_part)) == identity(CODEC.normalise(part, of_part))
