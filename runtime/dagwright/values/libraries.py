"""Libraries that only some types need, imported when the first value of one is met."""

from __future__ import annotations

import sys
from importlib import import_module

from dagwright.values.mismatch import ValueMismatch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class LibraryAbsent(ValueMismatch):
    """A value that cannot be read or made here, because its library is not installed."""

    def __init__(self, spelling: str, name: str) -> None:
        super().__init__(spelling, f"one that only {name} can read", help=f"add {name} to the image")


def library(name: str, spelling: str) -> Any:
    """Import the library of a type; ``spelling`` is the type as Python spells it.

    Raises:
        LibraryAbsent: It is not installed.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:  # it is there, and what it needs itself is not
            raise
        raise LibraryAbsent(spelling, name) from None


def is_instance(value: object, name: str, cls: str) -> bool:
    """Whether a value is of a class of a library; one that nobody has imported made no value."""
    known = getattr(sys.modules.get(name), cls, None)
    return isinstance(known, type) and isinstance(value, known)
