"""The wire form itself, and the JSON that people write and read."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from value_samples import CLASSES, Colour, Frozen, Level, Pair, Point, Tree, identity

from dagwright.contract.types import parse
from dagwright.values import Codec, ValueMismatch

CODEC = Codec(CLASSES)
BIG = 1 << 9000


@pytest.mark.parametrize(
    ("value", "text", "wire"),
    [
        (1, "int", 1),
        (BIG, "int", hex(BIG)),
        ([1, -BIG], "list[int]", [1, hex(-BIG)]),
        (float("inf"), "float", "inf"),
        ([1.0, float("nan")], "list[float]", [1.0, "nan"]),
        ([1e308, 1e308], "list[float]", [1e308, 1e308]),
        (b"\x00\x01", "bytes", "AAE="),
        (datetime(2024, 1, 31, 10, tzinfo=UTC), "datetime", "2024-01-31T10:00:00+00:00"),
        (timedelta(days=-1, microseconds=5), "timedelta", "-P0DT86399.999995S"),
        ((1, "a"), "tuple[int, str]", [1, "a"]),
        ({"b": 1, "a": 2}, "dict[str, int]", {"b": 1, "a": 2}),
        ({2: "b", 1: "a"}, "dict[int, str]", [[2, "b"], [1, "a"]]),
        (Point(1.0, 2.0), "class[value_samples.Point]", {"x": 1.0, "y": 2.0}),
        (Pair(1, "a"), "class[value_samples.Pair]", {"left": 1, "right": "a"}),
        (Colour.GREEN, "class[value_samples.Colour]", "GREEN"),
        (None, "union[int, none]", None),
        (1, "union[int, none]", 1),
        (1, "union[int, str, none]", {"$u": "int", "v": 1}),
        (None, "union[int, str, none]", {"$u": "none", "v": None}),
        ({"a": (1.0,)}, "unknown", {"$d": [["a", {"$u": "tuple[unknown]", "v": [1.0]}]]}),
        (BIG, "unknown", {"$u": "int", "v": hex(BIG)}),
        (float("nan"), "unknown", {"$u": "float", "v": "nan"}),
        (Colour.RED, "unknown", {"$u": "class[value_samples.Colour]", "v": "RED"}),
        (timedelta(0), "unknown", {"$u": "timedelta", "v": "P0DT0S"}),
        ((1, 2.5), "vartuple[float]", [1.0, 2.5]),
        ({"b", "a", "é"}, "set[str]", ["é", "a", "b"]),
        ({10, 9, 2**53, 2**53 + 1}, "set[float]", [10.0, 9.0, float(2**53)]),
        (frozenset({(2, "b"), (10, "a")}), "frozenset[tuple[int, str]]", [[10, "a"], [2, "b"]]),
        ({2, 1}, "unknown", {"$u": "set[unknown]", "v": [1, 2]}),
        (frozenset({"a"}), "unknown", {"$u": "frozenset[unknown]", "v": ["a"]}),
    ],
)
def test_the_wire_form_is_that_of_the_contract(value, text, wire):
    declared = parse(text)
    assert CODEC.encode(CODEC.normalise(value, declared), declared, {}) == wire
    assert identity(CODEC.decode(wire, declared, lambda _: b"")) == identity(CODEC.normalise(value, declared))


@pytest.mark.parametrize(
    ("wire", "text"),
    [
        (True, "int"),
        (1.0, "int"),
        ("0x10", "int"),
        ("1", "float"),
        (None, "str"),
        ("=", "bytes"),
        ("A A=", "bytes"),
        ("yesterday", "datetime"),
        ("P", "timedelta"),
        ({}, "list[int]"),
        ([1], "dict[int, int]"),
        ([[1, 2, 3]], "dict[int, int]"),
        ([], "dict[str, int]"),
        ([1, 2], "tuple[int]"),
        ({"x": 1.0}, "class[value_samples.Point]"),
        ({"x": 1.0, "y": 1.0, "z": 1.0}, "class[value_samples.Point]"),
        ({"x": 1.0, "z": 1.0}, "class[value_samples.Point]"),
        ("BLUE", "class[value_samples.Colour]"),
        (2, "class[value_samples.Colour]"),
        (1, "union[int, str]"),
        ({"$u": "float", "v": 1.0}, "union[int, str]"),
        ({"a": 1}, "unknown"),
        ([], "ndarray"),
        ({"$blob": "x", "size": 1, "enc": "pickle"}, "ndarray"),
    ],
)
def test_what_is_no_wire_form_of_the_type_is_refused(wire, text):
    with pytest.raises(ValueMismatch):
        CODEC.decode(wire, parse(text), lambda _: b"")


@pytest.mark.parametrize(
    ("given", "text", "value"),
    [
        (1, "float", 1.0),
        ("inf", "float", float("inf")),
        ("green", "union[class[value_samples.Colour], str]", "green"),
        ("RED", "class[value_samples.Colour]", Colour.RED),
        ("red", "class[value_samples.Colour]", Colour.RED),
        (2, "class[value_samples.Colour]", Colour.GREEN),
        (2, "class[value_samples.Level]", Level.HIGH),
        (1, "union[int, str, none]", 1),
        ("a", "union[int, str, none]", "a"),
        (None, "union[int, str, none]", None),
        (1, "union[float, str]", 1.0),
        ({"$u": "float", "v": 1}, "union[int, float]", 1.0),
        ({"1": "a"}, "dict[int, str]", {1: "a"}),
        ({"1.5": 1}, "dict[float, int]", {1.5: 1}),
        ({"true": 1}, "dict[bool, int]", {True: 1}),
        ({"red": 1}, "dict[class[value_samples.Colour], int]", {Colour.RED: 1}),
        ([[1, "a"]], "dict[int, str]", {1: "a"}),
        ({"a": {"b": [1]}}, "unknown", {"a": {"b": [1]}}),
        ({"x": 1}, "class[value_samples.Point]", Point(1.0, 0.0)),
        ({"value": 3}, "class[value_samples.Tree]", Tree(3, [])),
        ({"left": 3}, "class[value_samples.Pair]", Pair(3)),
        ([3, "a"], "class[value_samples.Pair]", Pair(3, "a")),
        ("2024-01-31T10:00:00Z", "datetime", datetime(2024, 1, 31, 10, tzinfo=UTC)),
        ("2024-01-31", "datetime", datetime(2024, 1, 31, tzinfo=UTC)),
        (90, "timedelta", timedelta(seconds=90)),
        ("PT1H30M", "timedelta", timedelta(minutes=90)),
    ],
)
def test_people_may_write_what_can_only_mean_one_thing(given, text, value):
    assert identity(CODEC.from_user(given, parse(text))) == identity(value)


@pytest.mark.parametrize(
    ("given", "text", "message"),
    [
        ("1", "int", "expected int, got str '1'"),
        (True, "float", "expected float, got bool True"),
        ({"x": "a"}, "class[value_samples.Point]", "expected float, got str 'a' at .x"),
        ({"y": 1}, "class[value_samples.Point]", "expected Point, got no field 'x'"),
        ({"x": 1, "z": 1}, "class[value_samples.Point]", "expected Point, got a field 'z' (its fields are x, y)"),
        (3, "class[value_samples.Point]", "expected Point, got int 3 (write an object with its fields)"),
        ("blue", "class[value_samples.Colour]", "expected Colour, got str 'blue' (its members are RED, GREEN"),
        ({"a": 1}, "dict[int, int]", "expected int, got str 'a' at key 'a'"),
        ([{"x": []}], "list[class[value_samples.Point]]", "expected float, got list of 0 items at [0].x"),
        ("soon", "datetime", "(write 2024-01-31T10:00:00+00:00)"),
        ({"$blob": "0" * 64, "size": 1, "enc": "npy"}, "ndarray", "(write nested lists of numbers)"),
        (1, "opaque[torch.nn.Module]", "expected torch.nn.Module, got int 1 (values of this class cannot be given as JSON)"),
    ],
)
def test_what_people_write_wrongly_is_answered_with_place_and_help(given, text, message):
    with pytest.raises(ValueMismatch) as found:
        CODEC.from_user(given, parse(text))
    assert message in str(found.value)


@pytest.mark.parametrize(
    ("value", "text", "shown"),
    [
        (1, "union[int, str, none]", 1),
        ({1: "a"}, "dict[int, str]", [[1, "a"]]),
        ({"a": 1}, "dict[unknown, unknown]", {"a": 1}),
        ({"a": 1, 2: "b"}, "dict[unknown, unknown]", [["a", 1], [2, "b"]]),
        ({Colour.GREEN: 1}, "dict[class[value_samples.Colour], int]", {"GREEN": 1}),
        (Colour.GREEN, "class[value_samples.Colour]", "GREEN"),
        (Frozen("ab"), "class[value_samples.Frozen]", {"name": "ab", "derived": 102}),
        ({"a": (1, b"x")}, "unknown", {"a": [1, "eA=="]}),
        ({1: 2}, "unknown", [[1, 2]]),
        (np.array([[1, 2]]), "ndarray", [[1, 2]]),
        ([np.array([1.5])], "list[ndarray]", [[1.5]]),
    ],
)
def test_people_read_plain_json(value, text, shown):
    assert CODEC.to_user(CODEC.normalise(value, parse(text)), parse(text)) == shown


@pytest.mark.parametrize(
    ("array", "shown"),
    [
        (np.array([[1.5, math.nan], [math.inf, -math.inf]]), [[1.5, "nan"], ["inf", "-inf"]]),
        (np.array([1 + 2j]), ["(1+2j)"]),
        (np.array(["2024-01-31", "NaT"], "datetime64[ns]"), ["2024-01-31T00:00:00.000000000", "NaT"]),
        (np.array([90], "timedelta64[s]"), ["90 seconds"]),
        (np.array([b"\xff"]), ["b'\\xff'"]),
        (np.array([(1, 2.5)], [("a", "i1"), ("b", "f8")]), [[1, 2.5]]),
        (np.array(7), 7),
        (np.zeros((2, 501)), "<numpy.ndarray: float64 2 x 501>"),
    ],
)
def test_arrays_are_shown_as_json(array, shown):
    assert json.loads(json.dumps(CODEC.to_user(array, parse("ndarray")), allow_nan=False)) == shown


@pytest.mark.parametrize(
    "damage", [(b"}", b" "), (b"'", b'"'), (b"'descr'", b"0123456"), (b"<i8", b"zz9"), (b"(2,)", b"(3,)"), (b"NUMPY", b"numpy")]
)
def test_a_damaged_array_says_so(damage):
    blobs: dict[str, bytes] = {}
    data = CODEC.encode(np.array([1, 2]), parse("ndarray"), blobs)
    content = next(iter(blobs.values()))
    assert damage[0] in content
    with pytest.raises(ValueMismatch, match=r"expected numpy\.ndarray, got a blob that is no \.npy file: "):
        CODEC.decode(data, parse("ndarray"), lambda _: content.replace(*damage, 1))


def test_what_lies_between_aligned_fields_is_no_part_of_an_array():
    inner = np.dtype([("c", "i1"), ("d", "i4")], align=True)
    dtype = np.dtype([("a", "i1"), ("b", "f8"), ("in", inner, (2,))], align=True)

    def encoded(rest: int) -> object:
        array = np.frombuffer(bytes([rest]) * dtype.itemsize * 3, dtype).copy()
        array["a"], array["b"], array["in"]["c"], array["in"]["d"] = 1, 2, 3, 4
        blobs: dict[str, bytes] = {}
        data = CODEC.encode(CODEC.normalise(array, parse("ndarray")), parse("ndarray"), blobs)
        assert (CODEC.decode(data, parse("ndarray"), blobs.__getitem__) == array).all()
        return data

    assert encoded(0) == encoded(255)


def test_arrays_are_read_as_people_write_them():
    given = CODEC.from_user([[1, "nan"], ["-inf", 2]], parse("ndarray"))
    np.testing.assert_array_equal(given, [[1, math.nan], [-math.inf, 2]])
    assert CODEC.from_user(["a", "nan"], parse("ndarray")).tolist() == ["a", "nan"]
    with pytest.raises(ValueMismatch, match=r"expected numpy\.ndarray, got lists of both texts and numbers"):
        CODEC.from_user([1, "a"], parse("ndarray"))
