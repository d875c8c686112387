"""Did-you-mean: the nearest of the names that would have worked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_CANDIDATES = 2000


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that differs from ``word`` by the fewest typing errors, if they are few for its length.

    Ties go to the alphabetically first candidate. Beyond 2000 candidates only those of the same first letter are compared.
    """
    limit = max(1, len(word) // 3)
    names = sorted({name for name in candidates if name != word and abs(len(name) - len(word)) <= limit})
    if len(names) > _MOST_CANDIDATES:
        names = [name for name in names if name[:1] == word[:1]][:_MOST_CANDIDATES]
    best: str | None = None
    least = limit + 1
    for name in names:
        distance = 0 if name.lower() == word.lower() else _distance(word, name, limit)
        if distance < least:
            best, least = name, distance
    return best


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """The help text ``did you mean `x`?``, or nothing."""
    found = nearest(word, candidates)
    return f"did you mean `{found}`?" if found else ""


def _distance(left: str, right: str, limit: int) -> int:
    """Edits (insert, delete, replace, swap of neighbours) between two words; more than ``limit`` once that is certain."""
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for row, char in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            cost = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (char != other))
            if before and column > 1 and char == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return limit + 1
        before, previous = previous, current
    return previous[-1]
