"""Lists, tuples and dicts with results in them, bound to the type of the place that takes them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import msgspec

from dagwright.contract.types import UNKNOWN, Type, dict_of, list_of, origin_of, tuple_of, union_of
from dagwright_compiler.frontend.constant_parts import locate
from dagwright_compiler.frontend.promises import Bound, Built, Group, Promise, Record, Result, Static, Value
from dagwright_compiler.frontend.typing_rules import NO, spell
from dagwright_compiler.frontend.unread_types import UNREAD
from dagwright_compiler.frontend.wire_values import Mismatch, type_of, unknown_key

if TYPE_CHECKING:
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.ir.program import ClassDef


class Misfit(msgspec.Struct, frozen=True, eq=False):
    """What does not fit, what its place takes, and where it stands; ``reason`` and ``help`` for a constant."""

    value: Value
    expected: Type
    at: ast.AST
    reason: str = ""
    help: str = ""


def bind(frame: Frame, value: Value, expected: Type, at: ast.AST) -> Bound | Misfit:
    """Bind any value to a place of a type; nothing is reported."""
    if isinstance(value, Promise):
        return Misfit(value, expected, at) if frame.services.rules.assignable(value.type, expected) == NO else value
    if isinstance(value, Static):
        try:
            return frame.services.classes.encoder.literal(value.value, expected)
        except Mismatch as error:
            found = locate(error, at, expected)
            help_ = error.help or (f"write a value of type `{spell(found.expected)}`" if found.expected is not None else "")
            return Misfit(value, found.expected or expected, found.node, found.reason, help_)
    if isinstance(value, Result):
        whole = _whole(frame, value, expected)
        return bind(frame, whole, expected, at) if whole is not None else Misfit(value, expected, at)
    if isinstance(value, Record):
        return _bind_record(frame, value, expected, at)
    return _bind_group(frame, value, expected, at) if isinstance(value, Group) else Misfit(value, expected, at)


def fits_as_list(frame: Frame, value: Value, expected: Type, at: ast.AST) -> bool:
    """Whether a tuple that the body writes out would fit with other brackets."""
    if not isinstance(value, Group) or value.kind != "tuple" or expected.kind != "list":
        return False
    return not isinstance(_bind_items(frame, msgspec.structs.replace(value, kind="list"), expected, at), Misfit)


def fits_as_tuple(frame: Frame, value: Value, expected: Type, at: ast.AST) -> bool:
    """The same of a list where a tuple is declared."""
    if not isinstance(value, Group) or value.kind != "list" or expected.kind not in ("tuple", "vartuple"):
        return False
    return not isinstance(_bind_items(frame, msgspec.structs.replace(value, kind="tuple"), expected, at), Misfit)


def type_of_value(value: Value) -> Type:
    """The type that a value has by itself; those of items are joined."""
    if isinstance(value, Promise):
        return value.type
    if isinstance(value, Static):
        return type_of(value.value)
    if isinstance(value, Record):
        return value.type
    if not isinstance(value, Group):
        return UNKNOWN
    items = [type_of_value(item) for item in value.items]
    if value.kind == "tuple":
        return tuple_of(*items)
    joined = _join(items)
    return list_of(joined) if value.kind == "list" else dict_of(_join([type_of(key) for key in value.keys]), joined)


def _join(items: list[Type]) -> Type:
    return UNKNOWN if any(item.kind == "unknown" for item in items) else union_of(items)


def _whole(frame: Frame, value: Result, expected: Type) -> Group | Record | None:
    """Several outputs as the tuple that they are in Python, where one is taken; ``None`` anywhere else."""
    places = expected.args if expected.kind == "union" else (expected,)
    callee = value.call.callee
    outputs = {output.name: Promise(output.type, output.name, value.call) for output in value.call.outputs}
    if value.as_node or not outputs:
        return None
    if any(place.kind in ("tuple", "vartuple", "unknown") for place in places):
        return Group("tuple", tuple(outputs.values()))
    if callee.interface.returns != "namedtuple" or callee.node.returns is None:
        return None
    declared = frame.services.annotations.read(callee.node.returns, callee.module)
    definition = frame.services.classes.definition(declared.name) if declared.kind == "class" else None
    if definition is None or all(place.name != declared.name for place in places):
        return None
    return Record(declared, definition, {**outputs})


def _bind_group(frame: Frame, value: Group, expected: Type, at: ast.AST) -> Bound | Misfit:
    """Try each type that the place takes; the misfit of the first of the right kind tells most."""
    if expected is UNREAD:
        expected = _unread(value)
    elif expected.kind == "unknown":
        expected = type_of_value(value)
    found: Misfit | None = None
    for candidate in expected.args if expected.kind == "union" else (expected,):
        definition = _typed_dict(frame, candidate) if value.kind == "dict" else None
        if definition is not None:
            bound = _bind_keys(frame, value, candidate, definition, at)
        elif candidate.kind == value.kind or (candidate.kind, value.kind) == ("vartuple", "tuple"):
            bound = _bind_items(frame, value, candidate, at)
        else:
            continue
        if not isinstance(bound, Misfit):
            return bound
        found = found or bound
    return found or Misfit(value, expected, at)


def _bind_record(frame: Frame, value: Record, expected: Type, at: ast.AST) -> Built | Misfit:
    """An instance fits where its own class is declared; its fields were held to their types where it was built."""
    places = expected.args if expected.kind == "union" else (expected,)
    declared = [place for place in places if _is_of_class(value, place)]
    if not declared and any(place.kind == "unknown" for place in places):
        declared = [value.type]
    found: Misfit | None = None
    for candidate in declared:
        bound = _bind_fields(frame, value, candidate, at)
        if not isinstance(bound, Misfit):
            return bound
        found = found or bound
    return found or Misfit(value, expected, at)


def _bind_fields(frame: Frame, value: Record, declared: Type, at: ast.AST) -> Built | Misfit:
    definition = frame.services.classes.definition(declared.name) or value.definition
    types = {field.name: field.type for field in definition.fields}
    items: list[Bound] = []
    for name, item in value.fields.items():
        bound = bind(frame, item, types[name], at)
        if isinstance(bound, Misfit):
            return bound
        items.append(bound)
    return Built(declared, tuple(items), tuple(value.fields), value.constructs)


def _is_of_class(value: Record, place: Type) -> bool:
    """Whether a place takes instances of a class; it may say the class's type arguments, which a call leaves out."""
    return place.kind == "class" and value.type.name in (place.name, origin_of(place.name))


def _typed_dict(frame: Frame, declared: Type) -> ClassDef | None:
    definition = frame.services.classes.definition(declared.name) if declared.kind == "class" else None
    return definition if definition is not None and definition.kind == "typeddict" else None


def _bind_keys(frame: Frame, value: Group, declared: Type, definition: ClassDef, at: ast.AST) -> Built | Misfit:
    """A dict that is written out, where a typed one is declared: each value under the type of its key."""
    types = {field.name: field.type for field in definition.fields}
    for position, key in enumerate(value.keys):
        if key not in types:
            note, help_ = unknown_key(declared, key, types)
            return Misfit(Static(key), declared, _key(at, position, value), note, help_)
    missing = [field.name for field in definition.fields if field.name not in value.keys and not field.optional]
    if missing:
        message = f"`{spell(declared)}` lacks the key {missing[0]!r}"
        return Misfit(Static(missing[0]), declared, at, message, f"add `{missing[0]!r}: ...`")
    items: list[Bound] = []
    for key, item, place in zip(value.keys, value.items, _places(value, at), strict=True):
        bound = bind(frame, item, types[key], place)
        if isinstance(bound, Misfit):
            return bound
        items.append(bound)
    return Built(declared, tuple(items), tuple(value.keys))


def _unread(value: Group) -> Type:
    """A type of a group's own form whose items nothing is known of."""
    if value.kind == "tuple":
        return tuple_of(*(UNREAD for _ in value.items))
    return list_of(UNREAD) if value.kind == "list" else dict_of(UNREAD, UNREAD)


def _bind_items(frame: Frame, value: Group, declared: Type, at: ast.AST) -> Built | Misfit:
    if declared.kind == "tuple" and len(declared.args) != len(value.items):
        return Misfit(value, declared, at)
    types = declared.args if declared.kind == "tuple" else (declared.args[-1],) * len(value.items)
    places = _places(value, at)
    items: list[Bound] = []
    for item, expected, place in zip(value.items, types, places, strict=True):
        bound = bind(frame, item, expected, place)
        if isinstance(bound, Misfit):
            return bound
        items.append(bound)
    keys = []
    for position, key in enumerate(value.keys):
        try:
            keys.append(frame.services.classes.encoder.encode(key, declared.args[0]))
        except Mismatch as error:
            help_ = f"write a key of type `{spell(declared.args[0])}`"
            return Misfit(Static(key), declared.args[0], _key(at, position, value), error.reason, help_)
    return Built(declared, tuple(items), tuple(keys))


def _key(at: ast.AST, position: int, value: Group) -> ast.AST:
    """Where a key stands: in the literal, else where the whole is used."""
    written = at.keys[position] if isinstance(at, ast.Dict) and len(at.keys) == len(value.keys) else None
    return written or at


def _places(value: Group, at: ast.AST) -> list[ast.AST]:
    """Where each item stands: in the literal, else where the whole is used."""
    written: list[ast.expr] = []
    if isinstance(at, ast.List | ast.Tuple):
        written = at.elts
    elif isinstance(at, ast.Dict):
        written = at.values
    plain = len(written) == len(value.items) and not any(isinstance(item, ast.Starred) for item in written)
    return [*written] if plain else [at] * len(value.items)


def describe_group(value: Group | Record) -> str:
    """What a body puts together for a message, by its own type."""
    return f"`{spell(type_of_value(value))}`"
