from __future__ import annotations

from typing import NamedTuple

import pytest

from dagwright.contract.paths import NoSuchPart, follow_value, follow_wire
from dagwright.contract.types import parse
from dagwright.values import Codec


class Pair(NamedTuple):
    left: int
    right: list[str]


CLASSES = {
    "flow.Pair": {
        "kind": "namedtuple",
        "module": "flow",
        "qualname": "Pair",
        "fields": [{"name": "left", "type": "int"}, {"name": "right", "type": "list[str]"}],
    }
}
CODEC = Codec(CLASSES, load_class=lambda _module, _name: Pair)
FOUND = [
    ("list[int]", [1, 2, 3], [-1], "int", 3),
    ("tuple[int, str]", (1, "a"), [1], "str", "a"),
    ("dict[str, float]", {"a": 1.5}, ["a"], "float", 1.5),
    ("dict[int, list[int]]", {0: [1], -7: [2, 3]}, [-7, 1], "int", 3),
    ("class[flow.Pair]", Pair(1, ["x", "y"]), ["right", 0], "str", "x"),
    ("list[class[flow.Pair]]", [Pair(1, []), Pair(2, [])], [1, "left"], "int", 2),
    ("union[list[int], none]", [4], [0], "int", 4),
    ("union[dict[str, int], list[int], none]", {"a": 5}, ["a"], "int", 5),
    ("union[dict[str, int], list[int], none]", [6], [0], "int", 6),
    ("union[int, class[flow.Pair]]", Pair(3, []), ["left"], "int", 3),
    ("unknown", {"k": [1, (2, {"z": 8})]}, ["k", 1, 1, "z"], "unknown", 8),
    ("unknown", {1: "one", "1": "text"}, [1], "unknown", "one"),
    ("list[unknown]", [Pair(9, [])], [0], "unknown", Pair(9, [])),
    ("list[int]", [1, 2, 3], [(1, None, None)], "list[int]", [2, 3]),
    ("list[int]", [1, 2, 3], [(None, None, -2), 0], "int", 3),
    ("list[int]", [1], [(4, 9, None)], "list[int]", []),
    ("tuple[int, str, float]", (1, "a", 2.5), [(-2, None, None)], "tuple[str, float]", ("a", 2.5)),
    ("vartuple[int]", (1, 2, 3), [(None, 2, None), -1], "int", 2),
    ("str", "text", [(1, 3, None)], "str", "ex"),
    ('literal["text", 1]', "text", [(None, 1, None)], "str", "t"),
    ("union[str, none]", "text", [(None, 1, None)], "str", "t"),
    ("unknown", {"k": (1, 2, 3)}, ["k", (None, 2, None)], "tuple[unknown, unknown]", (1, 2)),
]
ABSENT = [
    ("list[int]", [1], [1], "has 1 item, so there is no [1]"),
    ("list[int]", [], [-1], "has 0 items"),
    ("list[list[int]]", [[1, 2]], [0, 5], "its part [0] has 2 items, so there is no [5]"),
    ("dict[str, int]", {"a": 1, "b": 2}, ["c"], "no key 'c'; its keys are 'a', 'b'"),
    ("dict[str, int]", {}, ["c"], "an empty dict"),
    ("dict[int, int]", {1: 1}, [2], "no key 2"),
    ("union[list[int], none]", None, [0], "is None"),
    ("union[class[flow.Pair], none]", None, ["left"], "is None"),
    ("unknown", 5, [0], "so there is no [0]"),
    ("unknown", [1], ["a"], "no ['a']"),
    ("unknown", {1: "one"}, ["1"], "no key '1'"),
    ("dict[int, int]", {1: 1}, [(None, None, None)], "so there is no [:]"),
    ("bytes", b"abc", [(1, None, None)], "so there is no [1:]"),
    ("unknown", {"b": b"abc"}, ["b", (1, None, None)], "so there is no [1:]"),
    ("class[flow.Pair]", Pair(1, []), [(None, 1, None)], "so there is no [:1]"),
    ("union[list[int], none]", None, [(None, 1, None)], "is None"),
]


@pytest.mark.parametrize(("declared", "value", "path", "expected_type", "expected"), FOUND)
def test_wire_and_value_lead_to_the_same_part(declared, value, path, expected_type, expected):
    declared = parse(declared)
    assert follow_value(declared, value, path) == expected
    found_type, data = follow_wire(declared, CODEC.encode(value, declared, {}), path, CLASSES)
    assert found_type.text == expected_type
    assert CODEC.decode(data, found_type, lambda sha: b"") == expected


@pytest.mark.parametrize(("declared", "value", "path", "text"), ABSENT)
def test_an_absent_part_is_told_in_the_same_words(declared, value, path, text):
    declared = parse(declared)
    with pytest.raises(NoSuchPart) as of_value:
        follow_value(declared, value, path)
    with pytest.raises(NoSuchPart) as of_wire:
        follow_wire(declared, CODEC.encode(value, declared, {}), path, CLASSES)
    assert text in str(of_value.value)
    assert text in str(of_wire.value)


def test_a_whole_value_is_its_own_part():
    value = [1]
    assert follow_value(parse("list[int]"), value, []) is value
    assert follow_wire(parse("list[int]"), value, [], {}) == (parse("list[int]"), value)
