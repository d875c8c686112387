"""A declared function: what tasks and workflows have in common."""

from __future__ import annotations

import sys

from dagwright.authoring.type_parameters import Generic, Inputs, Result_co

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

ASYNC = 0x80
"""``inspect.CO_COROUTINE``, without importing inspect."""
_GENERATOR = 0x20 | 0x200
"""``inspect.CO_GENERATOR | CO_ASYNC_GENERATOR``."""


class Declared(Generic[Inputs, Result_co]):
    """A function under a decorator.

    It has the function's name, module, documentation and signature, and is pickled by reference: a worker process
    that imports the module gets the same object.
    """

    if TYPE_CHECKING:
        __wrapped__: Callable[Inputs, Result_co]
        __name__: str
        __qualname__: str

    def __init__(self, decorator: str, function: Callable[Inputs, Result_co]) -> None:
        code = getattr(function, "__code__", None)
        if code is None:
            raise TypeError(f"@{decorator} stands above a function, not above {type(function).__name__}")
        if code.co_flags & _GENERATOR:
            raise TypeError(f"@{decorator} does not take functions that yield: return a list")
        self.__dict__.update(function.__dict__)
        self.__module__ = _module_of(function)
        self.__name__ = function.__name__
        self.__qualname__ = function.__qualname__
        self.__doc__ = function.__doc__
        self.__wrapped__ = function

    @property
    def __annotations__(self) -> dict[str, Any]:  # type: ignore[override]  # lazy: Python 3.14 evaluates them on access
        return self.__wrapped__.__annotations__

    def __reduce__(self) -> str:
        return self.__qualname__

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()} {self.__module__}.{self.__qualname__}>"


def _module_of(function: Callable[..., Any]) -> str:
    """Name the module that declares a function: its own, or the one that is being imported where it came from another.

    ``name = task(other.function)`` declares a task of the module that says so.
    """
    frame: FrameType | None = sys._getframe(3)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # who called the decorator
    own = function.__module__
    while frame is not None:
        name: str = frame.f_globals.get("__name__", own)
        if name == own:
            return own
        if frame.f_code.co_name == "<module>":
            return name
        frame = frame.f_back
    return own
