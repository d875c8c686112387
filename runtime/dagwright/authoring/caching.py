"""Reuse of a task's results, declared in one object."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


class Cache:
    """Reuse results under a version: equal inputs and an equal interface give the stored result.

    Attributes:
        version: Change it when the task's meaning changes.
        serialize: Of equal calls at the same time, let one compute and the others wait.
        ignored_inputs: Names of inputs that do not count.
    """

    __slots__ = ("ignored_inputs", "serialize", "version")

    def __init__(self, version: str, *, serialize: bool = False, ignored_inputs: str | Iterable[str] = ()) -> None:
        given: Any = version  # callers without a type checker write Cache(version=1)
        if not isinstance(given, str) or not given:
            raise TypeError('Cache needs a version, as in Cache(version="1")')
        self.version = version
        self.serialize = serialize
        self.ignored_inputs = (ignored_inputs,) if isinstance(ignored_inputs, str) else tuple(ignored_inputs)

    def __repr__(self) -> str:
        return f"Cache(version={self.version!r}, serialize={self.serialize!r}, ignored_inputs={self.ignored_inputs!r})"
