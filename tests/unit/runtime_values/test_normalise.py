"""What is taken, what is widened, and what the user reads when a value is refused."""

from __future__ import annotations

import enum
import math
from collections import OrderedDict, defaultdict
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest
from value_samples import CLASSES, Base, Colour, Derived, Frozen, Level, Pair, Point, Tree, identity

from dagwright.contract.types import parse
from dagwright.values import Codec, ValueMismatch

CODEC = Codec(CLASSES)


def normalised(value, text):
    return CODEC.normalise(value, parse(text))


class Text(str):
    __slots__ = ()


class Word(str, enum.Enum):  # noqa: UP042 - what users write
    A = "a"


class Clock(datetime):
    pass


NAIVE = datetime(2024, 1, 1)  # noqa: DTZ001


class Ratio(float):
    pass


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        (1, "float", 1.0),
        (Level.HIGH, "float", 2.0),
        (Level.HIGH, "int", 2),
        (np.float64(1.5), "float", 1.5),
        (Ratio(1.5), "float", 1.5),
        (Text("a"), "str", "a"),
        (np.str_("a"), "str", "a"),
        (Word.A, "str", "a"),
        (np.bytes_(b"a"), "bytes", b"a"),
        ([1, 2.5, Level.LOW, np.float64(3)], "list[float]", [1.0, 2.5, 1.0, 3.0]),
        ({"a": [1]}, "dict[str, list[float]]", {"a": [1.0]}),
        ((1, 1), "tuple[float, int]", (1.0, 1)),
        (OrderedDict(a=1), "dict[str, int]", {"a": 1}),
        (defaultdict(list, {1: [1]}), "dict[int, list[int]]", {1: [1]}),
        (1, "union[float, none]", 1.0),
        (None, "union[float, none]", None),
        (Point(1, 2), "class[value_samples.Point]", Point(1.0, 2.0)),
        ([Point(1, 2)], "list[union[class[value_samples.Point], none]]", [Point(1.0, 2.0)]),
        (NAIVE, "datetime", datetime(2024, 1, 1, tzinfo=UTC)),
        (datetime(2024, 1, 1, 1, tzinfo=timezone(timedelta(hours=2))), "datetime", datetime(2023, 12, 31, 23, tzinfo=UTC)),
        (Clock(2024, 1, 1), "datetime", datetime(2024, 1, 1, tzinfo=UTC)),
        (Colour.VERT, "class[value_samples.Colour]", Colour.GREEN),
        (Pair(1), "class[value_samples.Pair]", Pair(1, None)),
        ("\ud83d\ude00", "str", "😀"),
        (["a", "\ud83d\ude00"], "list[str]", ["a", "😀"]),
    ],
)
def test_a_value_becomes_exactly_its_declared_type(value, text, expected):
    assert identity(normalised(value, text)) == identity(expected)


@pytest.mark.parametrize(
    ("value", "text", "member"),
    [
        (1, "union[float, int]", 1),
        (1.0, "union[int, float]", 1.0),
        (True, "union[int, bool]", True),
        (1, "union[float, str]", 1.0),
        (Level.LOW, "union[int, class[value_samples.Level]]", Level.LOW),
        ([1, 2], "union[list[float], list[int]]", [1, 2]),
        ([1, 2.5], "union[list[int], list[float]]", [1.0, 2.5]),
        ("a", "union[class[value_samples.Colour], str, none]", "a"),
        (np.float64(2), "union[int, float]", 2.0),
        (Derived(1, Colour.RED), "union[class[value_samples.Base], class[value_samples.Derived]]", Derived(1, Colour.RED)),
    ],
)
def test_a_union_takes_the_member_that_fits_exactly_before_one_that_widens(value, text, member):
    sent = normalised(value, text)
    assert identity(sent) == identity(member)
    assert identity(CODEC.decode(CODEC.encode(sent, parse(text), {}), parse(text), lambda _: b"")) == identity(member)


def nested(depth):
    tree = Tree(0)
    for _ in range(depth):
        tree = Tree(1, [tree])
    return tree


CIRCLE: list[object] = []
CIRCLE.append(CIRCLE)


@pytest.mark.parametrize(
    ("value", "text", "message"),
    [
        (True, "int", "expected int, got bool True"),
        (True, "float", "expected float, got bool True"),
        (1.0, "int", "expected int, got float 1.0"),
        ("1", "int", "expected int, got str '1'"),
        (1, "str", "expected str, got int 1"),
        (1, "bool", "expected bool, got int 1"),
        (None, "int", "expected int, got None"),
        (0, "none", "expected None, got int 0"),
        (bytearray(b"x"), "bytes", "expected bytes, got bytearray (write bytes(...))"),
        (np.int64(3), "int", "expected int, got numpy.int64 3 (write int(...))"),
        (np.float32(1), "float", "expected float, got numpy.float32 1.0 (write float(...))"),
        (np.bool_(True), "bool", "expected bool, got numpy.bool True (write bool(...))"),
        (np.zeros((2, 3)), "list[float]", "expected list[float], got numpy.ndarray of shape (2, 3) (write ….tolist())"),
        ((1, 2), "list[int]", "expected list[int], got tuple of 2 items (write list(...))"),
        ({1}, "list[int]", "expected list[int], got set of 1 item (write list(...))"),
        ([1, 2], "tuple[int, int]", "expected tuple[int, int], got list of 2 items (write tuple(...))"),
        ((1,), "tuple[int, int]", "expected tuple[int, int], got tuple of 1 item"),
        ((1, "x"), "tuple[int, int]", "expected int, got str 'x' at [1]"),
        ([[1], ["x"]], "list[list[int]]", "expected int, got str 'x' at [1][0]"),
        ({"a": {"b": 1.5}}, "dict[str, dict[str, int]]", "expected int, got float 1.5 at ['a']['b']"),
        ({1: 1}, "dict[str, int]", "expected str, got int 1 at key 1"),
        ([{1: 1}], "list[dict[str, int]]", "expected str, got int 1 at [0] key 1"),
        ("x", "union[int, none]", "expected int | None, got str 'x'"),
        ("x", "union[int, float, none]", "expected int | float | None, got str 'x'"),
        (["x"], "union[list[int], none]", "expected int, got str 'x' at [0]"),
        (["x"], "union[list[int], int]", "expected int, got str 'x' at [0]"),
        (Point("x"), "class[value_samples.Point]", "expected float, got str 'x' at .x"),
        ([Tree(1, [Tree("x")])], "list[class[value_samples.Tree]]", "expected int | None, got str 'x' at [0].children[0].value"),
        ("RED", "class[value_samples.Colour]", "expected Colour, got str 'RED' (write Colour(...))"),
        (Colour.RED, "class[value_samples.Level]", "expected Level, got value_samples.Colour"),
        (Colour, "class[value_samples.Colour]", "expected Colour, got the class Colour itself"),
        ((1, None), "class[value_samples.Pair]", "expected Pair, got tuple of 2 items"),
        (
            Derived(1, Colour.RED),
            "class[value_samples.Base]",
            "expected Base, got value_samples.Derived (a subclass would lose its own fields; declare Derived)",
        ),
        (date(2024, 1, 1), "datetime", "expected datetime, got datetime.date 2024-01-01"),
        (
            datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))),
            "datetime",
            "expected datetime, got datetime.datetime 9999-12-31",
        ),
        (1, "timedelta", "expected timedelta, got int 1"),
        (10**400, "float", "(too large for a float)"),
        ([1, 10**400], "list[float]", "at [1] (too large for a float)"),
        ("y" * 500, "int", "got str 'yyyyyyyy"),
        pytest.param(10**6000, "str", "expected str, got int of very many digits", id="enormous"),
        (nested(5000), "class[value_samples.Tree]", "expected Tree, got a value that contains itself or is nested too deeply"),
        (CIRCLE, "unknown", "expected Any, got a value that contains itself or is nested too deeply"),
        (
            {NAIVE: 1, datetime(2024, 1, 1, tzinfo=UTC): 2},
            "dict[datetime, int]",
            "got 2 pairs of which some have one key",
        ),
        ({float("nan"): 1, -float("nan"): 2}, "dict[float, int]", "got 2 pairs of which some have one key"),
        ([1, 2], "ndarray", "expected numpy.ndarray, got list of 2 items (write numpy.array(...))"),
        (np.array([object()]), "ndarray", "expected numpy.ndarray, got one of dtype object"),
        (np.ma.masked_array([1], [True]), "ndarray", "its mask would be lost"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place_and_both_types(value, text, message):
    with pytest.raises(ValueMismatch) as found:
        normalised(value, text)
    assert message in str(found.value)
    assert len(str(found.value)) < 250


def test_a_mismatch_has_its_parts_for_other_renderings():
    with pytest.raises(ValueMismatch) as found:
        normalised({"a": [1, np.int64(2)]}, "dict[str, list[int]]")
    assert found.value.expected == "int"
    assert found.value.help == "write int(...)"
    assert found.value.path == ("['a']", 1)


def test_attributes_that_are_no_fields_are_not_part_of_a_value():
    point = Point(1.0, 2.0)
    point.cache = object()
    arrived = normalised(point, "class[value_samples.Point]")
    assert arrived == point
    assert vars(arrived) == {"x": 1.0, "y": 2.0}


def test_a_field_that_was_never_set_is_named():
    half = object.__new__(Frozen)
    object.__setattr__(half, "name", "a")
    with pytest.raises(ValueMismatch, match="expected Frozen, got one whose field 'derived' was never set"):
        normalised(half, "class[value_samples.Frozen]")


def test_init_is_not_called_again():
    made = Frozen("abc")
    object.__setattr__(made, "derived", 7)
    arrived = normalised(made, "class[value_samples.Frozen]")
    assert (arrived.name, arrived.derived) == ("abc", 7)
    assert type(arrived) is Frozen


def test_a_class_other_than_the_compiled_one_is_refused():
    changed = {**CLASSES, "value_samples.Base": {**CLASSES["value_samples.Base"], "fields": [{"name": "z", "type": "int"}]}}
    with pytest.raises(
        ValueMismatch, match=r"expected Base with z, got a class with a \(the module that is imported here is not the one"
    ):
        Codec(changed).normalise(Base(1), parse("class[value_samples.Base]"))
    renamed = {**CLASSES, "value_samples.Colour": {**CLASSES["value_samples.Colour"], "members": ["RED", "BLUE"]}}
    with pytest.raises(ValueMismatch, match="expected Colour with RED, BLUE, got a class with RED, GREEN"):
        Codec(renamed).normalise(Colour.RED, parse("class[value_samples.Colour]"))


def test_a_class_is_loaded_by_the_function_that_was_given():
    class Other:
        pass

    Other.__dataclass_fields__ = Base.__dataclass_fields__
    asked = []

    def load(module, qualname):
        asked.append((module, qualname))
        return Other

    arrived = Codec(CLASSES, load).decode({"a": 3}, parse("class[value_samples.Base]"), lambda _: b"")
    assert type(arrived) is Other
    assert arrived.a == 3
    assert asked == [("value_samples", "Base")]


def test_a_type_that_the_plan_does_not_define_is_no_users_mistake():
    with pytest.raises(ValueError, match=r"the plan defines no class m\.Gone"):
        Codec({}).normalise(1, parse("class[m.Gone]"))


def test_a_combination_of_flags_is_no_member():
    class Flags(enum.Flag):
        A = 1
        B = 2

    classes = {"m.Flags": {"kind": "enum", "module": "m", "qualname": "Flags", "members": ["A", "B"]}}
    codec = Codec(classes, lambda module, qualname: Flags)
    assert codec.normalise(Flags.B, parse("class[m.Flags]")) is Flags.B
    with pytest.raises(ValueMismatch, match="expected Flags"):
        codec.normalise(Flags.A | Flags.B, parse("class[m.Flags]"))


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.asfortranarray(np.arange(6).reshape(2, 3)),
        np.array(5),
        np.zeros((0, 3), dtype=">i2"),
        np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]),
        np.array(["a", "é"]),
        np.array(["2024-01-01"], dtype="M8[D]"),
        np.array([math.nan, -0.0]),
        np.arange(10)[::3],
    ],
)
def test_arrays_survive_with_shape_and_dtype(array):
    declared = parse("ndarray")
    sent = CODEC.normalise(array, declared)
    blobs: dict[str, bytes] = {}
    data = CODEC.encode(sent, declared, blobs)
    arrived = CODEC.decode(data, declared, blobs.__getitem__)
    assert arrived.dtype == array.dtype
    assert arrived.shape == array.shape
    assert arrived.tobytes() == sent.tobytes() == np.ascontiguousarray(array).tobytes()
    assert not np.shares_memory(sent, array)
    assert data["size"] == len(blobs[data["$blob"]])
    assert CODEC.encode(CODEC.normalise(array.copy(order="F"), declared), declared, {}) == data


def test_a_pickled_array_is_never_read():
    import io

    out = io.BytesIO()
    np.save(out, np.array([{}]), allow_pickle=True)
    with pytest.raises(ValueMismatch, match=r"a blob that is no \.npy file"):
        CODEC.decode({"$blob": "x", "size": 1, "enc": "npy"}, parse("ndarray"), lambda _: out.getvalue())
