"""How large containers are when everything in them is written out.

A value that stands twice in a list is one object here and two in a plan: sixty lines of ``b = [a, a]`` make more than any memory holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.frontend.known_values import Instance
from dagwright_compiler.frontend.promises import Group, Record, Static
from dagwright_compiler.frontend.static_operations import MOST_ITEMS, BudgetError

if TYPE_CHECKING:
    from collections.abc import Iterable

_SMALL = 64
"""Sizes up to here are counted anew each time: nothing is kept for the lists that people write."""


class ValueSizes:
    """Counts parts, each as often as it stands there; remembers what is large."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[object, int]] = {}
        """By identity, with the object itself, so that no other one takes its identity."""

    def check(self, value: object) -> None:
        """Refuse a value that is too large when written out.

        Raises:
            BudgetError: It is.
        """
        if self._count(value) > MOST_ITEMS:
            raise BudgetError(f"the value has more than {MOST_ITEMS} parts when it is written out")

    def forget(self) -> None:
        """Count anew: something that was counted may have changed."""
        self._known.clear()

    def _count(self, value: object) -> int:
        parts = _parts(value)
        if parts is None:
            return 1
        known = self._known.get(id(value))
        if known is not None:
            return known[1]
        size = 1 + sum(map(self._count, parts))
        if size > _SMALL:
            self._known[id(value)] = (value, size)
        return size


def _parts(value: object) -> Iterable[object] | None:
    kind = type(value)
    if kind is list or kind is tuple:
        return value  # type: ignore[return-value]
    if isinstance(value, dict):
        return (*value, *value.values())
    if isinstance(value, Instance | Record):
        return value.fields.values()
    if isinstance(value, Group):
        return value.items
    return (value.value,) if isinstance(value, Static) else None
