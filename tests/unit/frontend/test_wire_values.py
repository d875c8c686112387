from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest

from dagwright.contract.types import parse
from dagwright_compiler.frontend.known_values import EnumValue, Instance
from dagwright_compiler.frontend.wire_values import Mismatch, WireEncoder
from dagwright_compiler.ir.program import ClassDef, Field

CLASSES = {
    "m.Color": ClassDef(kind="enum", module="m", qualname="Color", members=("RED",)),
    "m.Item": ClassDef(
        kind="dataclass",
        module="m",
        qualname="Item",
        fields=(
            Field(name="price", type=parse("float")),
            Field(name="tags", type=parse("list[str]"), has_default=True, default=["x"]),
            Field(name="at", type=parse("datetime"), deferred=True),
        ),
    ),
}
ENCODER = WireEncoder(CLASSES.get)
RED = EnumValue("m.Color", "RED", "r")


@pytest.mark.parametrize(
    ("declared", "value", "wire"),
    [
        ("int", 3, 3),
        ("int", 1 << 9000, hex(1 << 9000)),
        ("float", 3, 3.0),
        ("float", math.nan, "nan"),
        ("float", -math.inf, "-inf"),
        ("bool", True, True),
        ("bytes", b"ab", "YWI="),
        ("datetime", datetime(2024, 1, 31, 12, tzinfo=timezone(timedelta(hours=2))), "2024-01-31T10:00:00+00:00"),
        ("timedelta", timedelta(days=1, seconds=30), "P1DT30S"),
        ("list[float]", [1, 2.5], [1.0, 2.5]),
        ("tuple[int, str]", (1, "a"), [1, "a"]),
        ("dict[str, float]", {"a": 1}, {"a": 1.0}),
        ("dict[int, str]", {1: "a"}, [[1, "a"]]),
        ("union[float, none]", 1, 1.0),
        ("union[float, none]", None, None),
        ("union[int, str, none]", "a", {"$u": "str", "v": "a"}),
        ("union[int, str, none]", None, {"$u": "none", "v": None}),
        ("union[float, int]", 1, {"$u": "int", "v": 1}),
        ("union[float, str]", 1, {"$u": "float", "v": 1.0}),
        ("union[list[float], str]", [1], {"$u": "list[float]", "v": [1.0]}),
        ("class[m.Color]", RED, "RED"),
        (
            "class[m.Item]",
            Instance("m.Item", {"price": 1, "at": datetime(2024, 1, 1, tzinfo=UTC)}),
            {"price": 1.0, "tags": ["x"], "at": "2024-01-01T00:00:00+00:00"},
        ),
        ("unknown", {"a": [1, (2, "b")]}, {"$d": [["a", [1, {"$u": "tuple[unknown, unknown]", "v": [2, "b"]}]]]}),
        ("unknown", math.inf, {"$u": "float", "v": "inf"}),
    ],
)
def test_encodes_under_the_declared_type(declared: str, value: object, wire: object) -> None:
    found = ENCODER.encode(value, parse(declared))
    assert (found, type(found)) == (wire, type(wire))


@pytest.mark.parametrize(
    ("declared", "value", "reason"),
    [
        ("int", 1.0, "expected `int`, found `float` (1.0)"),
        ("int", True, "expected `int`, found `bool` (True)"),
        ("float", True, "expected `float`, found `bool` (True)"),
        ("float", "1", "expected `float`, found `str` ('1')"),
        ("float", 10**400, "the number is too large for a float"),
        ("str", None, "expected `str`, found `None`"),
        ("list[int]", (1,), "expected `list[int]`, found `tuple[int]`"),
        ("list[int]", [1, "a"], "expected `int` at `[1]`, found `str` ('a')"),
        ("dict[str, list[int]]", {"k": [1.5]}, "expected `int` at `['k'][0]`, found `float` (1.5)"),
        ("tuple[int, str]", (1,), "expected `tuple[int, str]`, found `tuple[int]`"),
        ("union[int, none]", "a", "expected `int | None`, found `str` ('a')"),
        ("union[list[int], none]", ["a"], "expected `int` at `[0]`, found `str` ('a')"),
        ("class[m.Color]", "RED", "expected `Color`, found `str` ('RED')"),
        ("class[m.Item]", Instance("m.Item", {"price": "x"}), "expected `float` at `.price`, found `str` ('x')"),
        (
            "class[m.Item]",
            Instance("m.Item", {"price": 1}),
            "the default of `at` of `Item` is not known while compiling; pass the field",
        ),
        ("opaque[x.Y]", 1, "expected `x.Y`, found `int` (1)"),
        ("ndarray", [1.0], "expected `numpy.ndarray`, found `list[float]`"),
        ("datetime", datetime.max.replace(tzinfo=timezone(-timedelta(hours=2))), "there is no such instant in UTC"),
    ],
)
def test_says_what_does_not_fit(declared: str, value: object, reason: str) -> None:
    with pytest.raises(Mismatch) as caught:
        ENCODER.encode(value, parse(declared))
    assert caught.value.reason == reason
