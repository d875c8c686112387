"""Constants that are lists, dicts or sets: every use of one gives the same object, so a workflow's body may not change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.frontend.known_values import Instance

if TYPE_CHECKING:
    from dagwright_compiler.frontend.known_values import StaticValue

_CONTAINERS = (list, tuple, dict, set, Instance)


class SharedValues:
    """Constants and all that they hold, by identity. Looked into when a body first changes something, which few do."""

    __slots__ = ("_known", "_waiting")

    def __init__(self) -> None:
        self._known: dict[int, StaticValue] = {}
        self._waiting: list[StaticValue] = []

    def add(self, value: StaticValue) -> None:
        """Take a constant."""
        if isinstance(value, _CONTAINERS):
            self._waiting.append(value)

    def holds(self, value: StaticValue) -> bool:
        """Whether an object itself, not its equal, is a constant or a part of one."""
        while self._waiting:
            part = self._waiting.pop()
            if isinstance(part, _CONTAINERS) and id(part) not in self._known:
                self._known[id(part)] = part
                self._waiting.extend(
                    part.fields.values() if isinstance(part, Instance) else part.values() if isinstance(part, dict) else part
                )
        return id(value) in self._known
