"""Methods of texts, lists, tuples and dicts, and functions of the standard library, that give the same on every machine."""

from __future__ import annotations

import math
import posixpath
import string
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dagwright_compiler.frontend.known_values import name_of_class
from dagwright_compiler.frontend.static_operations import (
    MOST_TEXT,
    SPEC_NUMBER,
    BudgetError,
    OperationError,
    checked,
    format_value,
    is_comparable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_TEXT_METHODS = frozenset(
    {
        *("capitalize", "casefold", "lower", "swapcase", "title", "upper"),
        *("lstrip", "removeprefix", "removesuffix", "replace", "rstrip", "strip"),
        *("join", "partition", "rpartition", "rsplit", "split", "splitlines"),
        *("count", "endswith", "find", "format", "index", "rfind", "rindex", "startswith"),
        *("center", "ljust", "rjust", "zfill"),
        *("isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isspace", "isupper"),
    }
)
_WIDENING = frozenset({"center", "ljust", "rjust", "zfill"})
_DICT_METHODS = frozenset({"get", "items", "keys", "values"})
_SEQUENCE_METHODS = frozenset({"count", "index"})
_SET_METHODS = frozenset({"difference", "intersection", "isdisjoint", "issubset", "issuperset", "symmetric_difference", "union"})
_NUMBERS = (int, float)
FUNCTIONS: dict[str, tuple[Callable[..., Any], tuple[type, ...]]] = {
    "math.ceil": (math.ceil, _NUMBERS),
    "math.floor": (math.floor, _NUMBERS),
    "math.gcd": (math.gcd, (int,)),
    "math.isqrt": (math.isqrt, (int,)),
    "os.path.basename": (posixpath.basename, (str,)),
    "os.path.dirname": (posixpath.dirname, (str,)),
    "os.path.join": (posixpath.join, (str,)),
    "os.path.splitext": (posixpath.splitext, (str,)),
    "posixpath.basename": (posixpath.basename, (str,)),
    "posixpath.dirname": (posixpath.dirname, (str,)),
    "posixpath.join": (posixpath.join, (str,)),
    "posixpath.splitext": (posixpath.splitext, (str,)),
}
"""Functions outside the builtins that are computed, with what they take. Paths are those of the containers."""


def call_function(qualified: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """One of ``FUNCTIONS``.

    Raises:
        OperationError: It fails for these arguments.
        BudgetError: The result would be too large.
    """
    function, takes = FUNCTIONS[qualified]
    for value in args:
        if not isinstance(value, takes):
            raise OperationError(f"`{qualified}` of a `{name_of_class(value)}` is not computed while compiling")
    return checked(lambda: function(*args, **kwargs), f"`{qualified}`")


def call_method(owner: Any, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """A pure method of a text, dict, list, tuple, set or timedelta; views become lists.

    Raises:
        OperationError: It is not one of those, or fails.
        BudgetError: The result would be too large.
    """
    if not _is_allowed(owner, name):
        if type(owner).__name__ == "PurePosixPath":
            raise OperationError(f"`.{name}()` of a `Path` is not computed while compiling, which never looks at the disk")
        raise OperationError(f"the method `.{name}()` of a `{name_of_class(owner)}` is not computed while compiling")
    if isinstance(owner, str):
        _check_text(owner, name, args)
        if name == "format":
            return _formatted(owner, args, kwargs)
    if name in ("get", "count", "index") and not (is_comparable(owner) and all(map(is_comparable, args))):
        raise OperationError(f"`.{name}()` with values whose class may define its own `==` is not computed while compiling")
    result = checked(lambda: getattr(owner, name)(*args, **kwargs), f"`.{name}()`")
    return list(result) if name in ("items", "keys", "values") else result


def _is_allowed(owner: Any, name: str) -> bool:
    if isinstance(owner, str):
        # what a letter or a digit is, beyond ASCII, depends on the version of Python
        return name in _TEXT_METHODS and (owner.isascii() or not name.startswith("is") or name == "isascii")
    if isinstance(owner, dict):
        return name in _DICT_METHODS
    if isinstance(owner, set | frozenset):
        return name in _SET_METHODS
    if isinstance(owner, timedelta):
        return name == "total_seconds"
    return isinstance(owner, list | tuple) and name in _SEQUENCE_METHODS


def _check_text(owner: str, name: str, args: list[Any]) -> None:
    """Refuse a method that would make a very long text before it does."""
    most = 0
    if name == "replace" and len(args) > 1 and isinstance(args[1], str):
        most = (len(owner) + 1) * len(args[1])
    elif name == "join" and args and isinstance(args[0], list | tuple):
        most = len(owner) * len(args[0])
    elif name in _WIDENING and args and isinstance(args[0], int):
        most = args[0]
    if most > MOST_TEXT:
        raise BudgetError(f"the text has more than {MOST_TEXT} characters")


def _formatted(owner: str, args: list[Any], kwargs: dict[str, Any]) -> str:
    """``"{}-{name:03d}".format(...)``: plain values in plain fields."""
    made: list[str] = []
    position = 0
    for text, field, spec, conversion in checked(lambda: list(string.Formatter().parse(owner)), "`.format()`"):
        made.append(text)
        if field is None:
            continue
        if "{" in spec or SPEC_NUMBER.search(spec) or not (field == "" or field.isdigit() or field.isidentifier()):
            raise OperationError("`.format()` with more than plain fields is not computed while compiling: use an f-string")
        name = field or str(position)
        position += not field
        try:
            value = args[int(name)] if name.isdigit() else kwargs[name]
        except LookupError:
            raise OperationError(f"`.format()` has no value for `{name}`") from None
        made.append(format_value(value, spec, ord(conversion) if conversion else -1))
    return "".join(made)
