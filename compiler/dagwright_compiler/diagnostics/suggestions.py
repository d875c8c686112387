"""Did-you-mean: the nearest of the names that would have worked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_CANDIDATES = 2000


_LEAST_LENGTH = 3
_LONG = 6
_FEW = 2


class Guess(str):
    """Help that proposes another word, and knows which: ``meant`` in the place of ``word``.

    It is the text itself, so that it passes through everything that carries help. ``is_certain`` says that there is no other candidate
    and that hardly anything was misspelt.
    """

    __slots__ = ("is_certain", "meant", "word")
    word: str
    meant: str
    is_certain: bool


class MissingImport(str):
    """Help that proposes an import, and knows which."""

    __slots__ = ("module", "name")
    module: str
    name: str


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that differs from ``word`` by the fewest typing errors, if they are few for its length.

    Ties go to the alphabetically first candidate. Beyond 2000 candidates only those of the same first letter are compared.
    """
    found = _near(word, candidates)
    return min(found, key=lambda name: (found[name], name), default=None)


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """The help text ``did you mean `x`?`` (a ``Guess``), or nothing."""
    found = _near(word, candidates)
    meant = min(found, key=lambda name: (found[name], name), default=None)
    if meant is None:
        return ""
    guess = Guess(f"did you mean `{meant}`?")
    guess.word, guess.meant = word, meant
    slips = 1 if len(word) < _LONG else 2
    guess.is_certain = len(found) == 1 and len(word) >= _LEAST_LENGTH and found[meant] <= slips
    return guess


def abbreviated(word: str, candidates: Iterable[str]) -> str:
    """The help text ``did you mean `x`?`` for the few candidates that a word shortens (``grp``, ``reqs``, ``python``), or nothing."""
    letters = word.rstrip("s") if len(word) > _LEAST_LENGTH else word
    if len(letters) < _LEAST_LENGTH:
        return ""
    names = sorted(set(candidates))
    found = [name for name in names if name.startswith(letters)] or [name for name in names if _shortens(letters, name)]
    return f"did you mean {' or '.join(f'`{name}`' for name in found)}?" if 0 < len(found) <= _FEW else ""


def _shortens(word: str, name: str) -> bool:
    """Whether a word is another one without some of its letters, though with the first."""
    rest = iter(name)
    return word[0] == name[0] and len(word) * 2 >= len(name) and all(letter in rest for letter in word)


def missing_import(module: str, name: str) -> MissingImport:
    """The help text ``add `from module import name```."""
    line = MissingImport(f"add `from {module} import {name}`")
    line.module, line.name = module, name
    return line


def _near(word: str, candidates: Iterable[str]) -> dict[str, int]:
    """Candidates within the limit, and how many typing errors away each is."""
    limit = max(1, len(word) // 3)
    names = sorted({name for name in candidates if name != word and abs(len(name) - len(word)) <= limit})
    if len(names) > _MOST_CANDIDATES:
        names = [name for name in names if name[:1] == word[:1]][:_MOST_CANDIDATES]
    if len(word) == 1:  # a letter is no misspelling of another letter
        names = [name for name in names if len(name) > 1 or name.lower() == word.lower()]
    found = {name: 0 if name.lower() == word.lower() else _distance(word, name, limit) for name in names}
    return {name: distance for name, distance in found.items() if distance <= limit}


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
