"""Values known at compile time that are no plain Python values: members of enums, instances, calls of known constructors."""

from __future__ import annotations

from typing import Any

import msgspec

from dagwright_compiler.frontend.findings import Place

StaticValue = Any
"""None, bool, int, float, str, bytes, list, tuple, dict, datetime, timedelta, timezone, or one of the classes below."""


class Symbolic(msgspec.Struct, frozen=True, eq=False):
    """What stands among the values of a workflow's body without being known while compiling: results, tasks, functions.

    It may be moved about, put into lists and dicts, and passed on; every operation that needs more of it is refused.
    """


class EnumValue(msgspec.Struct, frozen=True):
    """A member of an enum of the project."""

    owner: str
    member: str
    value: StaticValue = None
    known: bool = True
    """False when ``value`` cannot be read (``auto()``)."""
    mixin: str = ""
    """The plain type that its members are as well: ``str``, ``int`` or ``float``."""
    is_plain: bool = False
    """Whether its class has no other base than ``Enum`` and defines no comparison: members equal themselves and nothing else."""

    def __repr__(self) -> str:
        return f"{name_of_class(self)}.{self.member}"


class Instance(msgspec.Struct, frozen=True):
    """A dataclass or named tuple built from static values."""

    owner: str
    fields: dict[str, StaticValue]

    def __repr__(self) -> str:
        return f"{name_of_class(self)}({', '.join(f'{name}={value!r}' for name, value in self.fields.items())})"


def name_of_class(value: StaticValue) -> str:
    """The class of a value as people call it."""
    if isinstance(value, EnumValue | Instance):
        return value.owner.rpartition(".")[2]
    if isinstance(value, KnownCall):
        return value.symbol.rpartition(".")[2]
    return type(value).__name__.replace("PurePosixPath", "Path")


def said(error: Exception) -> str:
    """What Python says of an operation that fails, without the names of our own classes."""
    text = str(error) or type(error).__name__
    return text.replace("'EnumValue'", "'Enum'").replace("not EnumValue", "not Enum").replace("'Instance'", "'object'")


class KnownCall(msgspec.Struct, frozen=True):
    """A call of a known constructor (``Resources``, ``Cache``): evaluated arguments by name, and where each stands."""

    symbol: str
    arguments: dict[str, StaticValue]
    places: dict[str, Place]
