"""From a static value and a declared type to the wire form of ``dagwright.contract.literals``, or to what does not fit.

The same rules as the runtime's values: int widens to float and nothing else, an exact member of a union goes before one that
merely widens.
"""

from __future__ import annotations

import base64
import json
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from dagwright.contract.keys import canonical
from dagwright.contract.literals import datetime_to_wire, float_to_wire, int_to_wire, timedelta_to_wire
from dagwright.contract.types import (
    BOOL,
    BYTES,
    DATE,
    DATETIME,
    DECIMAL,
    FLOAT,
    INT,
    NONE,
    PATH,
    STR,
    TIME,
    TIMEDELTA,
    UNKNOWN,
    UUID,
    Type,
    class_named,
    dict_of,
    frozenset_of,
    list_of,
    opaque,
    origin_of,
    set_of,
    tuple_of,
    union_of,
)
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.diagnostics.wording import listed
from dagwright_compiler.frontend.far_values import NotFar, located_wire, table_wire, type_of_call
from dagwright_compiler.frontend.known_values import EnumValue, Instance, KnownCall, StaticValue
from dagwright_compiler.frontend.typing_rules import spell
from dagwright_compiler.frontend.unread_types import UNREAD
from dagwright_compiler.ir.program import LiteralBinding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dagwright_compiler.ir.program import ClassDef, Json

MOST_VALUES = 500_000
"""How many values one literal may hold, shared parts counted each time they occur."""

_MOST_FIELDS = 5
"""Fields of a class that a help line lists."""
_SCALARS: dict[type, Type] = {
    int: INT,
    float: FLOAT,
    bool: BOOL,
    str: STR,
    bytes: BYTES,
    type(None): NONE,
    datetime: DATETIME,
    date: DATE,
    time: TIME,
    timedelta: TIMEDELTA,
}
_TEXTS = {"decimal.Decimal": DECIMAL, "uuid.UUID": UUID, "pathlib.PurePosixPath": PATH}
"""Types of values whose classes are imported only where a source makes one."""


class Mismatch(Exception):  # noqa: N818 - a reason, not an error of ours
    """A value does not fit a declared type; ``path`` leads to the part, ``[0].price``."""

    def __init__(self, path: str, declared: Type, value: StaticValue, note: str = "", help_: str = "") -> None:
        super().__init__(path)
        self.path = path
        self.declared = declared
        self.value = value
        self.note = note
        self.help = help_
        """What to write instead, where that is known."""

    @property
    def reason(self) -> str:
        """What was found where what was expected."""
        return self.reason_at(self.path)

    def reason_at(self, path: str) -> str:
        """The same for a message that marks all but the last steps of the path."""
        where = f" at `{path}`" if path else ""
        return self.note + where if self.note else f"expected `{spell(self.declared)}`{where}, found {describe(self.value)}"


def type_of(value: StaticValue) -> Type:
    """The type that a value has by itself; elements are joined."""
    found = _SCALARS.get(type(value))
    if found is not None:
        return found
    if isinstance(value, list):
        return list_of(_join(value))
    if isinstance(value, tuple):
        return tuple_of(*map(type_of, value))
    if isinstance(value, dict):
        return dict_of(_join(list(value)), _join(list(value.values())))
    if isinstance(value, set | frozenset):
        joined = union_of(sorted({type_of(item) for item in value}, key=str)) if value else UNKNOWN
        return set_of(joined) if isinstance(value, set) else frozenset_of(joined)
    if isinstance(value, EnumValue | Instance):
        return class_named(value.owner)
    if isinstance(value, KnownCall):
        return type_of_call(value) or opaque(value.symbol)
    name = f"{type(value).__module__}.{type(value).__qualname__}"
    return _TEXTS.get(name) or opaque(name)


def describe(value: StaticValue) -> str:
    """A value for a message: its type, and the value itself when it is short."""
    if value is None:
        return "`None`"
    kind = f"`{spell(type_of(value)).removeprefix('builtins.')}`"
    text = (
        repr(value)
        if isinstance(value, bool | int | float | str | bytes) and (not isinstance(value, str | bytes) or len(value) < 40)
        else ""
    )
    return f"{kind} ({text})" if text and len(text) < 60 else kind


class WireEncoder:
    """Encodes values; ``definition`` gives a project class by its qualified name."""

    __slots__ = ("_definition", "_encoders", "_left", "_left_out")

    def __init__(self, definition: Callable[[str], ClassDef | None]) -> None:
        self._definition = definition
        self._left_out = ""
        self._left = 0
        self._encoders: dict[str, Callable[[StaticValue, Type, str], Json]] = {
            "int": self._int,
            "float": self._float,
            "bool": self._plain,
            "str": self._plain,
            "none": self._plain,
            "bytes": self._bytes,
            "datetime": self._datetime,
            "timedelta": self._timedelta,
            "list": self._list,
            "tuple": self._tuple,
            "vartuple": self._vartuple,
            **dict.fromkeys(("set", "frozenset"), self._set),
            "dict": self._dict,
            "class": self._class,
            "union": self._union,
            "unknown": self._unknown,
            "literal": self._literal,
            "file": self._located,
            "directory": self._located,
            "table": self._table,
            **dict.fromkeys(("ndarray", "tensor", "opaque"), self._never),
            **dict.fromkeys(("date", "time", "decimal", "uuid", "path"), self._text),
        }

    def encode(self, value: StaticValue, declared: Type) -> Json:
        """Wire form of ``value`` under ``declared``.

        Raises:
            Mismatch: It does not fit.
        """
        found = self.literal(value, declared)
        if self._left_out:
            raise Mismatch("", declared, value, f"the default of {self._left_out} is not known while compiling; pass the field")
        return found.value

    def literal(self, value: StaticValue, declared: Type) -> LiteralBinding:
        """Binding to ``value`` under ``declared``; fields whose defaults only their class knows are left to it, in the attempt.

        Raises:
            Mismatch: It does not fit.
        """
        self._left = MOST_VALUES
        self._left_out = ""
        wire = self._encode(value, declared, "")
        return LiteralBinding(type=declared, value=wire, through=(declared,) if self._left_out else ())

    def _encode(self, value: StaticValue, declared: Type, path: str) -> Json:
        self._left -= 1
        if self._left < 0:
            raise Mismatch("", declared, value, f"the literal holds more than {MOST_VALUES} values; read it in a task")
        if isinstance(value, EnumValue) and value.mixin and value.mixin in (declared.kind, declared.kind.replace("float", "int")):
            value = value.value  # a member of an enum of texts or numbers is that text or number
        return self._encoders[declared.kind](value, declared, path)

    def _int(self, value: StaticValue, declared: Type, path: str) -> Json:
        if type(value) is not int:
            raise Mismatch(path, declared, value)
        return int_to_wire(value)

    def _float(self, value: StaticValue, declared: Type, path: str) -> Json:
        if type(value) not in (int, float):
            raise Mismatch(path, declared, value)
        try:
            return float_to_wire(float(value))
        except OverflowError:
            raise Mismatch(path, declared, value, "the number is too large for a float") from None

    def _plain(self, value: StaticValue, declared: Type, path: str) -> Json:
        if _SCALARS.get(type(value)) != declared:
            raise Mismatch(path, declared, value)
        return value

    def _bytes(self, value: StaticValue, declared: Type, path: str) -> Json:
        if not isinstance(value, bytes):
            raise Mismatch(path, declared, value)
        return base64.b64encode(value).decode("ascii")

    def _datetime(self, value: StaticValue, declared: Type, path: str) -> Json:
        if not isinstance(value, datetime):
            raise Mismatch(path, declared, value)
        try:
            return datetime_to_wire(value)
        except (OverflowError, ValueError):
            raise Mismatch(path, declared, value, "there is no such instant in UTC") from None

    def _timedelta(self, value: StaticValue, declared: Type, path: str) -> Json:
        if not isinstance(value, timedelta):
            raise Mismatch(path, declared, value)
        return timedelta_to_wire(value)

    def _text(self, value: StaticValue, declared: Type, path: str) -> Json:
        if type_of(value) != declared:
            raise Mismatch(path, declared, value)
        return value.isoformat() if isinstance(value, date | time) else str(value)

    def _list(self, value: StaticValue, declared: Type, path: str) -> Json:
        (element,) = declared.args
        if not isinstance(value, list):
            raise Mismatch(path, declared, value, help_="write `[...]`" if self._fits_as_list(value, element) else "")
        return [self._encode(item, element, f"{path}[{index}]") for index, item in enumerate(value)]

    def _fits_as_list(self, value: StaticValue, element: Type) -> bool:
        """Whether a tuple or a set would fit with other brackets."""
        if not isinstance(value, tuple | set | frozenset):
            return False
        try:
            for item in value:
                self._encode(item, element, "")
        except Mismatch:
            return False
        return True

    def _tuple(self, value: StaticValue, declared: Type, path: str) -> Json:
        if not isinstance(value, tuple) or len(value) != len(declared.args):
            fits = isinstance(value, list) and [type_of(item) for item in value] == [*declared.args]
            raise Mismatch(path, declared, value, help_="write `(...)`" if fits else "")
        return [
            self._encode(item, arg, f"{path}[{index}]")
            for index, (item, arg) in enumerate(zip(value, declared.args, strict=True))
        ]

    def _vartuple(self, value: StaticValue, declared: Type, path: str) -> Json:
        if not isinstance(value, tuple):
            raise Mismatch(path, declared, value)
        return [self._encode(item, declared.args[0], f"{path}[{index}]") for index, item in enumerate(value)]

    def _set(self, value: StaticValue, declared: Type, path: str) -> Json:
        if type(value).__name__ != declared.kind:
            raise Mismatch(path, declared, value)
        once = {canonical(item): item for item in (self._encode(item, declared.args[0], path) for item in value)}
        return [once[text] for text in sorted(once)]

    def _dict(self, value: StaticValue, declared: Type, path: str) -> Json:
        if not isinstance(value, dict):
            raise Mismatch(path, declared, value)
        key_type, value_type = declared.args
        pairs = [
            [self._encode(key, key_type, f"{path}[{key!r}]"), self._encode(item, value_type, f"{path}[{key!r}]")]
            for key, item in value.items()
        ]
        return dict(pairs) if key_type.kind == "str" else pairs

    def _literal(self, value: StaticValue, declared: Type, path: str) -> Json:
        if not any(type(allowed) is type(value) and allowed == value for allowed in json.loads(f"[{declared.name}]")):
            raise Mismatch(path, declared, value)
        return value

    def _located(self, value: StaticValue, declared: Type, path: str) -> Json:
        try:
            return located_wire(value, declared)
        except NotFar as reason:
            raise Mismatch(path, declared, value, str(reason), reason.help) from None

    def _table(self, value: StaticValue, declared: Type, path: str) -> Json:
        try:
            return table_wire(value)
        except NotFar as reason:
            raise Mismatch(path, declared, value, str(reason), reason.help) from None

    def _typed_dict(self, value: StaticValue, declared: Type, definition: ClassDef, path: str) -> Json:
        if not isinstance(value, dict):
            raise Mismatch(path, declared, value)
        fields = {field.name: field for field in definition.fields}
        for name in value:
            if name not in fields:
                note, help_ = unknown_key(declared, name, fields)
                raise Mismatch(f"{path}[{name!r}]", declared, name, note, help_)
        missing = next((field.name for field in definition.fields if field.name not in value and not field.optional), None)
        if missing is not None:
            raise Mismatch(path, declared, value, f"`{spell(declared)}` lacks the key {missing!r}", f"add `{missing!r}: ...`")
        return {
            name: self._encode(value[name], field.type, f"{path}[{name!r}]") for name, field in fields.items() if name in value
        }

    def _class(self, value: StaticValue, declared: Type, path: str) -> Json:
        shape = self._definition(declared.name) if isinstance(value, dict) else None
        if shape is not None and shape.kind == "typeddict":
            return self._typed_dict(value, declared, shape, path)
        if not isinstance(value, EnumValue | Instance) or value.owner != origin_of(declared.name):
            raise self._not_of_class(value, declared, path)
        if isinstance(value, EnumValue):
            return value.member
        definition = self._definition(declared.name)
        if definition is None:
            raise Mismatch(path, declared, value, f"the fields of `{spell(declared)}` are not known")
        result = {}
        for field in definition.fields:
            if field.name in value.fields:
                result[field.name] = self._encode(value.fields[field.name], field.type, f"{path}.{field.name}")
            elif field.has_default:
                result[field.name] = field.default
            elif field.deferred:
                self._left_out = f"`{field.name}` of `{spell(declared)}`"
            else:
                raise Mismatch(
                    path,
                    declared,
                    value,
                    f"the default of `{field.name}` of `{spell(declared)}` is not known while compiling; pass the field",
                )
        return result

    def _not_of_class(self, value: StaticValue, declared: Type, path: str) -> Mismatch:
        """Say which member of an enum a value is that of, if it is one's; the codec of flytekit takes it for that member."""
        definition = self._definition(declared.name)
        if definition is not None and type(value) in (str, int):
            for member, own in zip(definition.members, definition.values, strict=False):
                if type(own) is type(value) and own == value:
                    name = f"{spell(declared)}.{member}"
                    note = f"expected `{spell(declared)}`, found {describe(value)}, which is the value of `{name}`"
                    return Mismatch(path, declared, value, note, f"write `{name}`")
        help_ = construction(definition) if definition is not None and isinstance(value, dict) else ""
        return Mismatch(path, declared, value, help_=help_)

    def _union(self, value: StaticValue, declared: Type, path: str) -> Json:
        *members, last = declared.args
        if last.kind == "none" and len(members) == 1:
            if value is None:
                return None
            try:
                return self._encode(value, members[0], path)
            except Mismatch as error:
                raise error if error.path != path else Mismatch(path, declared, value, error.note, error.help) from None
        own = type_of(value)
        deepest: Mismatch | None = None
        for member in sorted(declared.args, key=lambda member: member.text != own.text):  # an exact member first
            try:
                return {"$u": member.text, "v": self._encode(value, member, path)}
            except Mismatch as error:
                if len(error.path) > len(path) and (deepest is None or len(error.path) > len(deepest.path)):
                    deepest = error
        raise deepest or Mismatch(path, declared, value)

    def _unknown(self, value: StaticValue, declared: Type, path: str) -> Json:
        if value is None or type(value) in (bool, str):
            return value
        if type(value) is int and isinstance(int_to_wire(value), int):
            return value
        if type(value) is float and not isinstance(float_to_wire(value), str):
            return value
        if isinstance(value, list):
            return [self._encode(item, declared, f"{path}[{index}]") for index, item in enumerate(value)]
        if isinstance(value, dict):
            return {
                "$d": [
                    [self._encode(key, declared, path), self._encode(item, declared, f"{path}[{key!r}]")]
                    for key, item in value.items()
                ]
            }
        own = _own(value)
        if own is None and declared is UNREAD:
            return None
        if own is None:
            raise Mismatch(path, declared, value, f"{describe(value)} needs a declared type; annotate the input with its class")
        return {"$u": own.text, "v": self._encode(value, own, path)}

    def _never(self, value: StaticValue, declared: Type, path: str) -> Json:
        raise Mismatch(path, declared, value)


def unknown_key(declared: Type, name: object, keys: Iterable[str]) -> tuple[str, str]:
    """Message and help about a key that a typed dict does not have."""
    names = list(keys)
    return f"`{spell(declared)}` has no key {name!r}", did_you_mean(str(name), names) or listed("key", names)


def construction(definition: ClassDef) -> str:
    """Help for a dict where a class is declared: how its instances are made."""
    if definition.kind not in ("dataclass", "namedtuple", "pydantic") or len(definition.fields) > _MOST_FIELDS:
        return ""
    return f"write `{definition.qualname}({', '.join(f'{field.name}=...' for field in definition.fields)})`"


def _own(value: StaticValue) -> Type | None:
    """The type that a run notes beside a value of no declared type."""
    if isinstance(value, KnownCall):
        return type_of_call(value)
    if isinstance(value, tuple):
        return tuple_of(*(UNKNOWN for _ in value))
    if isinstance(value, set | frozenset):
        return set_of(UNKNOWN) if isinstance(value, set) else frozenset_of(UNKNOWN)
    if isinstance(value, EnumValue | Instance):
        return class_named(value.owner)
    return _SCALARS.get(type(value)) or _TEXTS.get(f"{type(value).__module__}.{type(value).__qualname__}")


def _join(values: list[StaticValue]) -> Type:
    return union_of(dict.fromkeys(map(type_of, values))) if values else UNKNOWN
