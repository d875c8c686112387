"""How many elements of a map may fail: ``min_success_ratio`` and ``min_successes``, the same arithmetic wherever elements are counted."""

from __future__ import annotations

_DIGITS = 9
"""Decimal places of a needed number that count: 0.07 of 100 is 7, whatever binary fractions make of it."""


def may_fail(count: int, min_success_ratio: float, min_successes: int | None) -> int:
    """Tell how many of ``count`` elements may fail. Where there are fewer than ``min_successes``, none may."""
    if min_successes is not None:
        return count - min(min_successes, count)
    needed = round(min_success_ratio * count, _DIGITS)
    return count - int(needed) - (needed > int(needed))
