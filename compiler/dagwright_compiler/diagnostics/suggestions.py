"""The nearest known name, for help texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like ``name``, if any looks like it at all."""
    from difflib import get_close_matches  # only when something is wrong already

    folded = {candidate.lower(): candidate for candidate in known}
    found = get_close_matches(name.lower(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """Help text: ``did you mean `x`?``; empty when nothing is near."""
    found = nearest(name, known)
    return f"did you mean `{found}`?" if found else ""
