"""Inputs before they are a task's arguments: wire data of pins and plans, or values in memory of a Python call.

Knows codecs and types; nothing of caches, pins or the user's function.
"""

from __future__ import annotations

from dagwright.execution.faults import UserFailure, fatal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Sequence, Union

    from dagwright.contract.types import Type
    from dagwright.values import Codec

    Given = Union["Wire", "Value"]

_PLAIN = frozenset(
    (
        *("int", "float", "bool", "str", "bytes", "none", "datetime", "date", "time", "timedelta", "decimal", "uuid", "path"),
        *("literal", "list", "set", "frozenset", "dict", "tuple", "vartuple", "union"),
    )
)
"""Kinds of types that no class or library of the user has a part in."""


class Wire:
    """An input in wire form under the type that its producer declared; ``fetch`` gives the blobs that the data refers to.

    ``stand_in`` takes the value's place in keys (``user_hashes``), where there is one.
    """

    __slots__ = ("data", "fetch", "stand_in", "type")

    def __init__(self, declared: Type, data: Any, fetch: Callable[[str], bytes] | None = None, *, stand_in: Any = None) -> None:
        self.type = declared
        self.data = data
        self.fetch = fetch or _no_blob
        self.stand_in = stand_in


class Value:
    """An input as a Python value; for ``stand_in`` see ``Wire``."""

    __slots__ = ("stand_in", "value")

    def __init__(self, value: Any, *, stand_in: Any = None) -> None:
        self.value = value
        self.stand_in = stand_in


def cross(given: Given, through: Sequence[str], codec: Codec) -> Value:
    """Bring a value to the types, one after the other, that were declared where it crosses into and out of subworkflows.

    Raises:
        UserFailure: It is of none of these types.
    """
    from dagwright.contract.types import parse
    from dagwright.values import ValueMismatch

    fills_in = isinstance(given, Wire) and list(through[:1]) == [given.type.text]
    what = "a constant of the workflow" if fills_in else "a value on its way through a subworkflow"
    value = read(given, codec, what)
    try:
        for text in through:
            value = codec.normalise(value, parse(text))
    except ValueMismatch as mismatch:
        raise UserFailure(TypeError(f"{what}: {mismatch}")) from None
    return Value(value, stand_in=given.stand_in)


def read(given: Given, codec: Codec, what: str) -> Any:
    """Give an input, or a part of one, as a Python value of its own type; ``what`` names it in messages.

    Raises:
        UserFailure: The user's classes differ from those that wrote it, or refuse to be restored.
        Fault: It is not of its type, in which no class of the user has a part: dagwright did not write it.
    """
    from dagwright.values import ValueMismatch

    if not isinstance(given, Wire):
        return given.value
    try:
        return codec.decode(given.data, given.type, given.fetch)
    except ValueMismatch as mismatch:
        if _is_plain(given.type):
            raise fatal(f"{what} is damaged in the store or the plan: {mismatch}; start a new run") from None
        raise UserFailure(TypeError(f"{what}: {mismatch}")) from None


def _is_plain(declared: Type) -> bool:
    return declared.kind in _PLAIN and all(map(_is_plain, declared.args))


def _no_blob(sha256: str) -> bytes:
    raise fatal(f"the plan holds a reference to the blob {sha256[:16]}, and a plan's own values have none: compile it again")
