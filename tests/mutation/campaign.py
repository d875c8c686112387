"""Plants every mistake in project after project, and counts what ``check`` makes of it.

Recall: planted mistakes that are reported with their code, at their line. Precision: findings that are a planted mistake.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from mutation import (
    mistakes_in_bodies,
    mistakes_in_calls,
    mistakes_in_containers,
    mistakes_in_definitions,
    mistakes_in_files,
    mistakes_in_order,
    mistakes_in_parts,
    mistakes_in_records,
)
from mutation.judging import Found, judged
from mutation.projects import generate
from mutation.sites import View

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mutation.sites import Planted

MISTAKES = {
    mistake.__name__: mistake
    for module in (
        mistakes_in_calls,
        mistakes_in_bodies,
        mistakes_in_definitions,
        mistakes_in_containers,
        mistakes_in_parts,
        mistakes_in_records,
        mistakes_in_files,
        mistakes_in_order,
    )
    for mistake in module.MISTAKES
}
"""Every mutator by its name: it plants one mistake in a project, or has no place for it there."""


@dataclass
class Score:
    """How one kind of mistake fared.

    Attributes:
        misses: Seeds at which something else was found than what was planted, and what.
    """

    name: str
    planted: int = 0
    reported: int = 0
    found: int = 0
    misses: list[tuple[int, Found, list[Found]]] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Share of planted mistakes that were reported."""
        return self.reported / self.planted if self.planted else 1.0

    @property
    def precision(self) -> float:
        """Share of findings that were planted."""
        return self.reported / self.found if self.found else 1.0


def plant(name: str, seed: int) -> Planted | None:
    """The project of a seed with one mistake, or ``None`` where there is no place for it."""
    return MISTAKES[name](View(generate(seed), random.Random(f"{name} {seed}")))


def places(name: str, *, wanted: int, among: Iterable[int]) -> list[int]:
    """The first seeds at which there is a place for a kind of mistake."""
    return list(islice((seed for seed in among if plant(name, seed) is not None), wanted))


def false_findings(seeds: Iterable[int]) -> list[tuple[int, list[Found]]]:
    """Findings in projects that are correct."""
    return [(seed, found) for seed in seeds if (found := judged(generate(seed).sources)[0])]


def score(name: str, seeds: Iterable[int]) -> Score:
    """Plant one kind of mistake at every seed."""
    result = Score(name)
    for seed in seeds:
        planted = plant(name, seed)
        if planted is None:
            continue
        found, _ = judged(planted.sources)
        wanted = Found(planted.path, planted.line, planted.code)
        result.planted += 1
        result.found += len(found)
        result.reported += wanted in found
        if found != [wanted]:
            result.misses.append((seed, wanted, found))
    return result


def table(scores: Iterable[Score]) -> str:
    """Precision and recall a kind of mistake, and of all."""
    scores = list(scores)
    total = Score("all", *(sum(getattr(each, part) for each in scores) for part in ("planted", "reported", "found")))
    rows = [f"{'mistake':34} {'planted':>8} {'recall':>8} {'precision':>10}"]
    rows += [f"{each.name:34} {each.planted:8} {each.recall:8.3f} {each.precision:10.3f}" for each in (*scores, total)]
    return "\n".join(rows)
