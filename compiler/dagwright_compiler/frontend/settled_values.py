"""Values of a body as they stand at one moment: what a call takes, or a workflow returns, is not changed by a later ``append``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.frontend.known_values import Instance, Symbolic
from dagwright_compiler.frontend.promises import Group, Static, Value
from dagwright_compiler.frontend.static_operations import MOST_ITEMS, BudgetError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dagwright_compiler.frontend.known_values import StaticValue

_CONTAINERS = (list, tuple, dict)


def settled(value: Value) -> Value:
    """A list, tuple or dict with results in it as a ``Group``; every other value as it is.

    Raises:
        BudgetError: It has more parts than a plan could hold.
    """
    if not isinstance(value, Static) or not isinstance(value.value, _CONTAINERS) or symbolic_in(value.value) is None:
        return value
    return _group(value.value, _Budget())


def symbolic_in(value: StaticValue) -> Symbolic | None:
    """The first part of a value that is not known while compiling; ``None`` where all of it is.

    Raises:
        BudgetError: It has more parts than a plan could hold.
    """
    if isinstance(value, Symbolic):
        return value
    budget = _Budget()
    pending: list[Iterable[StaticValue]] = [(value,)]
    while pending:
        for part in pending.pop():
            if isinstance(part, Symbolic):
                return part
            inside = _inside(part)
            if inside:
                budget.spend(len(inside))
                pending.append(inside)
    return None


class _Budget:
    def __init__(self) -> None:
        self._left = MOST_ITEMS

    def spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise BudgetError(f"the value has more than {MOST_ITEMS} parts when it is written out")


def _inside(value: StaticValue) -> tuple[StaticValue, ...]:
    if isinstance(value, list | tuple):
        return tuple(value)
    if isinstance(value, dict):
        return tuple(value.values())
    return tuple(value.fields.values()) if isinstance(value, Instance) else ()


def _group(value: StaticValue, budget: _Budget) -> Value:
    """A value with each list, tuple and dict in it as a group, where one part of it is not known."""
    if isinstance(value, Symbolic):
        return value  # type: ignore[return-value]  # every kind of them is a ``Value``
    if not isinstance(value, _CONTAINERS) or symbolic_in(value) is None:
        return Static(value)
    budget.spend(len(value))
    if isinstance(value, dict):
        return Group("dict", tuple(_group(item, budget) for item in value.values()), tuple(value), value)
    return Group("tuple" if isinstance(value, tuple) else "list", tuple(_group(item, budget) for item in value), origin=value)
