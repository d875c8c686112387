"""What a workflow gives when a module that calls it at its top level is imported for an attempt.

The module's other definitions are wanted, not the run: the value takes whatever is done with a result (unpacking, arithmetic, printing)
and does nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any


class NotRun:
    """The result of a workflow that was not run."""

    __slots__ = ("_name", "_parts")

    def __init__(self, name: str, parts: int = 0) -> None:
        self._name = name
        self._parts = parts

    def __getattr__(self, name: str) -> NotRun:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: object) -> NotRun:
        return self

    def __call__(self, *_arguments: object, **_keywords: object) -> NotRun:
        """Take a call of a result's method."""
        return self

    def __iter__(self) -> Iterator[NotRun]:
        return iter([NotRun(self._name)] * self._parts)

    def __len__(self) -> int:
        return self._parts

    def __bool__(self) -> bool:
        return True  # so that an assertion about the result holds

    def __int__(self) -> int:
        return 0

    def __float__(self) -> float:
        return 0.0

    def __format__(self, specification: str) -> str:
        return repr(self)

    def __repr__(self) -> str:
        return f"<result of {self._name}: not run here>"

    def _same(self, *_operands: object) -> NotRun:
        return self

    if not TYPE_CHECKING:
        __hash__ = object.__hash__
        __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _same
        __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _same
        __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __rshift__ = __rrshift__ = _same
        __neg__ = __pos__ = __abs__ = __round__ = _same


def count_of_results(function: Callable[..., Any]) -> int:
    """Tell into how many names the result of a workflow can be unpacked: 0 where it is one value."""
    try:
        hint = function.__annotations__.get("return")
        if isinstance(hint, str):
            hint = eval(hint, function.__globals__)  # noqa: S307  # the user's own annotation, in the user's own module
    except Exception:  # noqa: BLE001  # a name that exists for type checkers only
        return 0
    if getattr(hint, "__origin__", None) is tuple:
        hint = getattr(hint, "__args__", ())
    return len(hint if isinstance(hint, tuple) else getattr(hint, "_fields", ()))
