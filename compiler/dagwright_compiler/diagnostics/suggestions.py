"""Did-you-mean: the nearest of the names that would have worked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that looks most like ``word``, if any looks like it at all."""
    from difflib import get_close_matches  # only when something is wrong already

    folded = {candidate.lower(): candidate for candidate in sorted(candidates)}
    found = get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """The help text ``did you mean `x`?``, or nothing."""
    found = nearest(word, candidates)
    return f"did you mean `{found}`?" if found else ""
