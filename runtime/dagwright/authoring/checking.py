"""Types of a plain call inside an attempt, checked where an annotation says them plainly.

The compiler has checked every call that it reads; this one stands in a task's body, where it reads nothing. Only the outermost class
counts: elements are checked when a value crosses a task's boundary.
"""

from __future__ import annotations

import os
import sys

from dagwright.authoring.coroutines import is_coroutine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_BUILTINS: dict[str, type] = {cls.__name__: cls for cls in (bool, bytes, dict, float, int, list, str, tuple)}


def call_checked(function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Call a function as plain Python, with its arguments and result checked and an int widened where a float is declared.

    Raises:
        TypeError: A value is of another class than the annotation names.
    """
    try:
        hints: dict[str, Any] = function.__annotations__
    except NameError:  # Python 3.14 evaluates them here, and a name may exist for type checkers only
        hints = {}
    if not hints:
        return function(*arguments, **keywords)
    where = f"{function.__module__}.{function.__qualname__}"
    scope: dict[str, Any] = function.__globals__
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    checked = [
        _check(value, hints.get(name), scope, where, f"argument {name!r}") for name, value in zip(names, arguments)
    ] + list(arguments[len(names) :])
    named = {name: _check(value, hints.get(name), scope, where, f"argument {name!r}") for name, value in keywords.items()}
    returned, expected = function(*checked, **named), hints.get("return", Ellipsis)
    if is_coroutine(returned):
        return _checked_later(returned, expected, scope, where)
    return _check(returned, expected, scope, where, "the result")


async def _checked_later(coroutine: Any, hint: Any, scope: dict[str, Any], where: str) -> Any:
    """The result of an async function, checked when it is awaited."""
    return _check(await coroutine, hint, scope, where, "the result")


def _check(value: Any, hint: Any, scope: dict[str, Any], where: str, what: str) -> Any:
    expected = _plain_class(hint, scope)
    if expected is None or type(value) is expected:
        return value
    if expected is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, expected) and not (expected is int and isinstance(value, bool)):
        return value
    located = _located_class(value, expected)
    if located is not None:
        return located(value)
    raise TypeError(f"{where}: {what} is {type(value).__name__}, declared {expected.__name__}")


def _located_class(value: Any, expected: type) -> Any:
    """The class of files or directories that the annotation names, where the value is a path that makes one of it."""
    from dagwright.authoring.model_fields import ModelField

    if not isinstance(value, (str, os.PathLike)) or isinstance(value, ModelField):
        return None
    if expected is os.PathLike:
        from dagwright import File

        return File
    located = sys.modules.get("dagwright.files.located")
    return expected if located is not None and issubclass(expected, located.Located) else None


def _plain_class(hint: Any, scope: dict[str, Any]) -> type | None:
    """Give the class that every value of the annotation is an instance of, or ``None`` where that takes more than a look."""
    if isinstance(hint, str):
        head = hint.partition("[")[0] if hint.endswith("]") and "|" not in hint else hint
        first, *rest = head.split(".")
        hint = scope.get(first, _BUILTINS.get(first))
        for name in rest:
            hint = getattr(hint, name, None)
    found = getattr(hint, "__origin__", hint)
    if not isinstance(found, type) or found is object or found.__module__ == "typing":
        return None
    if getattr(found, "_is_protocol", False) or hasattr(found, "__total__"):
        return None  # structural types and typed dicts have no instances of their own
    return found
