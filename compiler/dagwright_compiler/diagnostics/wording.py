"""Words that messages share."""

from __future__ import annotations


def counted(count: int, word: str) -> str:
    """Write a number and its noun: ``1 error``, ``2 errors``."""
    return f"{count} {word}{'' if count == 1 else 's'}"
