"""Words that messages share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def counted(count: int, word: str) -> str:
    """Write a number and its noun: ``1 error``, ``2 errors``."""
    return f"{count} {word}{'' if count == 1 else 's'}"


def listed(word: str, names: Sequence[str]) -> str:
    """Say what something has: ``its fields are `a`, `b` ``, ``its only input is `a` ``, ``it has no keys``."""
    if not names:
        return f"it has no {word}s"
    shown = ", ".join(f"`{name}`" for name in names)
    return f"its only {word} is {shown}" if len(names) == 1 else f"its {word}s are {shown}"
