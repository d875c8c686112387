"""Weights of a survey's answers, raked to known margins: a static loop over rounds, a branch on a setting.

dagwright run examples/survey_weights.py --answers examples/data/answers.csv
dagwright submit --watch examples/survey_weights.py --answers examples/data/answers.csv
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from typing import NamedTuple

from dagwright import File, task, workflow

MARGINS = {"sex": {"f": 0.51, "m": 0.49}, "age": {"young": 0.4, "old": 0.6}}
ROUNDS = 2
TRIM = True


@dataclass(frozen=True)
class Answer:
    sex: str
    age: str
    yes: bool
    weight: float = 1.0


class Share(NamedTuple):
    unweighted: float
    weighted: float
    largest_weight: float


@task(cache=True, cache_version="1")
def read(answers: File) -> list[Answer]:
    with answers.open() as file:
        return [Answer(row["sex"], row["age"], row["yes"] == "1") for row in csv.DictReader(file)]


@task
def rake(answers: list[Answer], variable: str, margin: dict[str, float]) -> list[Answer]:
    """Scale the weights so that one variable has its margin."""
    sums = dict.fromkeys(margin, 0.0)
    for answer in answers:
        sums[getattr(answer, variable)] += answer.weight
    total = sum(sums.values())
    scale = {value: margin[value] * total / sums[value] for value in margin if sums[value]}
    return [replace(answer, weight=answer.weight * scale[getattr(answer, variable)]) for answer in answers]


@task
def trim(answers: list[Answer], most: float) -> list[Answer]:
    """Let no answer count for more than ``most``."""
    return [replace(answer, weight=min(answer.weight, most)) for answer in answers]


@task
def share(answers: list[Answer]) -> Share:
    total = sum(answer.weight for answer in answers)
    return Share(
        unweighted=round(sum(answer.yes for answer in answers) / len(answers), 4),
        weighted=round(sum(answer.weight for answer in answers if answer.yes) / total, 4),
        largest_weight=round(max(answer.weight for answer in answers), 4),
    )


@workflow
def weighted_share(answers: File, most: float = 3.0) -> Share:
    raked = read(answers=answers)
    for _ in range(ROUNDS):  # known while compiling: two rounds are four calls
        for variable, margin in MARGINS.items():
            raked = rake(answers=raked, variable=variable, margin=margin)
    if TRIM:
        raked = trim(answers=raked, most=most)
    return share(answers=raked)


if __name__ == "__main__":
    from pathlib import Path

    found = weighted_share(answers=File(Path(__file__).parent / "data" / "answers.csv"))
    print(f"yes: {found.unweighted:.1%} of the answers, {found.weighted:.1%} weighted")
