"""Run by the oldest and the newest Python found, with nothing but the runtime on the path: ``interpreter_check.py FOLDER``."""

# ruff: noqa: UP017, UP045 - Python 3.9 runs it

import sys

before = set(sys.modules)
import dagwright.cache  # noqa: E402
import dagwright.store.files  # noqa: E402
import dagwright.values  # noqa: E402
from dagwright.contract.names import entry_key, pin_key  # noqa: E402
from dagwright.contract.types import parse  # noqa: E402
from dagwright.store import open_store  # noqa: E402

codec = dagwright.values.Codec({})
for text, value in [("dict[str, list[float]]", {"a": [1]}), ("unknown", {"a": 1}), ("union[int, str]", 1)]:
    declared = parse(text)
    codec.decode(codec.encode(codec.normalise(value, declared), declared, {}), declared, None)
store = open_store("file://" + sys.argv[1])
assert dagwright.cache.lookup(store, "v1/ac/none.json") is None
print("imported:", *sorted(name for name in set(sys.modules) - before if not name.startswith("dagwright")))

import dataclasses  # noqa: E402
import enum  # noqa: E402
from datetime import datetime, timedelta, timezone  # noqa: E402
from typing import NamedTuple, Optional  # noqa: E402

SLOTS = {"slots": True} if sys.version_info >= (3, 10) else {}


class Colour(enum.Enum):
    RED = "red"


class Pair(NamedTuple):
    left: int
    right: Optional[str]


@dataclasses.dataclass(frozen=True, **SLOTS)
class Node:
    colour: Colour
    pair: Pair
    at: datetime
    took: timedelta
    after: "dict[int, Node]" = dataclasses.field(default_factory=dict)


def field(name, text, **others):
    return {"name": name, "type": text, **others}


CLASSES = {
    "m.Colour": {"kind": "enum", "module": "__main__", "qualname": "Colour", "members": ["RED"]},
    "m.Pair": {
        "kind": "namedtuple",
        "module": "__main__",
        "qualname": "Pair",
        "fields": [field("left", "int"), field("right", "union[str, none]")],
    },
    "m.Node": {
        "kind": "dataclass",
        "module": "__main__",
        "qualname": "Node",
        "fields": [
            field("colour", "class[m.Colour]"),
            field("pair", "class[m.Pair]"),
            field("at", "datetime"),
            field("took", "timedelta"),
            field("after", "dict[int, class[m.Node]]", deferred=True),
        ],
    },
}
INT_DIGITS = 1 << 20_000
inner = Node(Colour.RED, Pair(INT_DIGITS, None), datetime(2024, 1, 1), timedelta(1))  # noqa: DTZ001
value = Node(Colour.RED, Pair(1, "é\ud800"), datetime(2024, 1, 31, 10, tzinfo=timezone.utc), timedelta(0, 1.5), {3: inner})
codec = dagwright.values.Codec(CLASSES)
declared = parse("list[class[m.Node]]")
sent = codec.normalise([value], declared)
blobs = {}
output = dagwright.cache.pack_output("o0", declared.text, codec.encode(sent, declared, {}), {}, blobs)
entry, pin = entry_key("p", "d", "t", "k" * 64), pin_key("r", "n")
result = dagwright.cache.Result((output,))
dagwright.cache.publish(store, result, blobs, entry_key=entry, pin_key=pin, inputs_digest="i")
for found in (dagwright.cache.lookup(store, entry), dagwright.cache.read_pin(store, pin, inputs_digest="i")):
    fetch = dagwright.cache.fetcher(store, found)
    assert codec.decode(dagwright.cache.unpack_output(found.outputs[0], fetch), declared, fetch) == sent
assert sent[0].after[3].at == datetime(2024, 1, 1, tzinfo=timezone.utc)
assert (
    codec.from_user(
        [
            {"colour": "red", "pair": [1, None], "at": "2024-01-01", "took": 1, "after": {}},
            {"colour": "RED", "pair": {"left": 1, "right": None}, "at": "2024-01-01", "took": "PT1S"},
        ],
        declared,
    )
    == [Node(Colour.RED, Pair(1, None), datetime(2024, 1, 1, tzinfo=timezone.utc), timedelta(0, 1))] * 2
)
try:
    codec.normalise([value, 1], declared)
except dagwright.values.ValueMismatch as wrong:
    print(wrong)
