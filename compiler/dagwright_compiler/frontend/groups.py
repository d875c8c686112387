"""Lists, tuples and dicts with results in them, bound to the type of the place that takes them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import msgspec

from dagwright.contract.types import UNKNOWN, Type, dict_of, list_of, tuple_of, union_of
from dagwright_compiler.frontend.promises import Bound, Built, Group, Promise, Static, Value
from dagwright_compiler.frontend.typing_rules import NO, spell
from dagwright_compiler.frontend.unread_types import UNREAD
from dagwright_compiler.frontend.wire_values import Mismatch, type_of
from dagwright_compiler.ir.program import LiteralBinding

if TYPE_CHECKING:
    from dagwright_compiler.frontend.frames import Frame


class Misfit(msgspec.Struct, frozen=True, eq=False):
    """What does not fit, what its place takes, and where it stands; ``reason`` for a constant."""

    value: Value
    expected: Type
    at: ast.AST
    reason: str = ""


def bind(frame: Frame, value: Value, expected: Type, at: ast.AST) -> Bound | Misfit:
    """Bind any value to a place of a type; nothing is reported."""
    if isinstance(value, Promise):
        return Misfit(value, expected, at) if frame.services.rules.assignable(value.type, expected) == NO else value
    if isinstance(value, Static):
        try:
            return LiteralBinding(type=expected, value=frame.services.classes.encoder.encode(value.value, expected))
        except Mismatch as error:
            return Misfit(value, expected, at, error.reason)
    return _bind_group(frame, value, expected, at) if isinstance(value, Group) else Misfit(value, expected, at)


def type_of_value(value: Value) -> Type:
    """The type that a value has by itself; those of items are joined."""
    if isinstance(value, Promise):
        return value.type
    if isinstance(value, Static):
        return type_of(value.value)
    if not isinstance(value, Group):
        return UNKNOWN
    items = [type_of_value(item) for item in value.items]
    if value.kind == "tuple":
        return tuple_of(*items)
    joined = _join(items)
    return list_of(joined) if value.kind == "list" else dict_of(_join([type_of(key) for key in value.keys]), joined)


def _join(items: list[Type]) -> Type:
    return UNKNOWN if any(item.kind == "unknown" for item in items) else union_of(items)


def _bind_group(frame: Frame, value: Group, expected: Type, at: ast.AST) -> Bound | Misfit:
    """Try each type that the place takes; the misfit of the first of the right kind tells most."""
    if expected is UNREAD:
        expected = _unread(value)
    elif expected.kind == "unknown":
        expected = type_of_value(value)
    found: Misfit | None = None
    for candidate in expected.args if expected.kind == "union" else (expected,):
        if candidate.kind != value.kind or value.fields:
            continue
        bound = _bind_items(frame, value, candidate, at)
        if not isinstance(bound, Misfit):
            return bound
        found = found or bound
    return found or Misfit(value, expected, at)


def _unread(value: Group) -> Type:
    """A type of a group's own form whose items nothing is known of."""
    if value.kind == "tuple":
        return tuple_of(*(UNREAD for _ in value.items))
    return list_of(UNREAD) if value.kind == "list" else dict_of(UNREAD, UNREAD)


def _bind_items(frame: Frame, value: Group, declared: Type, at: ast.AST) -> Built | Misfit:
    if value.kind == "tuple" and len(declared.args) != len(value.items):
        return Misfit(value, declared, at)
    types = declared.args if value.kind == "tuple" else (declared.args[-1],) * len(value.items)
    places = _places(value, at)
    items: list[Bound] = []
    for item, expected, place in zip(value.items, types, places, strict=True):
        bound = bind(frame, item, expected, place)
        if isinstance(bound, Misfit):
            return bound
        items.append(bound)
    keys = []
    for key in value.keys:
        try:
            keys.append(frame.services.classes.encoder.encode(key, declared.args[0]))
        except Mismatch as error:
            return Misfit(Static(key), declared.args[0], at, error.reason)
    return Built(declared, tuple(items), tuple(keys))


def _places(value: Group, at: ast.AST) -> list[ast.AST]:
    """Where each item stands: in the literal, else where the whole is used."""
    written: list[ast.expr] = []
    if isinstance(at, ast.List | ast.Tuple):
        written = at.elts
    elif isinstance(at, ast.Dict):
        written = at.values
    plain = len(written) == len(value.items) and not any(isinstance(item, ast.Starred) for item in written)
    return [*written] if plain else [at] * len(value.items)


def describe_group(value: Group) -> str:
    """A group for a message, by its own type."""
    return f"`{spell(type_of_value(value))}`"
