"""Unique node ids: DNS labels from the start, so that no target has to rename a node."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 63
"""Characters of a DNS label."""


class NodeIds:
    """Hands out ids of one workflow without repeating one."""

    __slots__ = ("_ordinals", "_taken")

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._ordinals: Counter[str] = Counter()

    def take(self, wanted: str) -> str:
        """Give the id itself, cut to a label's length, or with the first ordinal from 2 that makes it new."""
        name = wanted[:LONGEST].rstrip("-")
        if name in self._taken:
            # Counting on from the last ordinal keeps a thousand equal names linear.
            ordinal = max(self._ordinals[name], 1)
            found = name
            while found in self._taken:
                ordinal += 1
                found = f"{name[: LONGEST - len(str(ordinal)) - 1].rstrip('-')}-{ordinal}"
            self._ordinals[name] = ordinal
            name = found
        self._taken.add(name)
        return name
