"""A model is released by people: somebody reads the report, somebody else says to whom it goes, and a morning is waited for."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from functools import partial
from typing import NamedTuple

import flytekit as fl
from flytekit import Resources, approve, map_task, sleep, task, wait_for_input, workflow
from flytekit.core.gate import wait_for_input as asked

WEEK = timedelta(days=7)
REGIONS = ["north", "south"]


class Audience(Enum):
    NOBODY = "nobody"
    CANARY = "canary"
    EVERYONE = "everyone"


@dataclass
class Rollout:
    audience: Audience
    share: float = 0.1


class Candidate(NamedTuple):
    model: str
    scores: list[float]


@task(requests=Resources(cpu="1"))
def train(seed: int) -> Candidate:
    return Candidate(f"model-{seed}", [0.5 + seed / 10, 0.75])


@task
def report(model: str, scores: list[float], limit: float) -> str:
    return f"{model}: {sum(score >= limit for score in scores)} of {len(scores)} above {limit}"


@task
def publish(region: str, model: str, rollout: Rollout, note: str) -> str:
    return f"{region} {model} {rollout.audience.name} {rollout.share:.0%} {note}"


@task
def announce(texts: list[str], note: str) -> str:
    return f"{'; '.join(texts)} ({note})"


def ask(what: str, kind: type) -> object:
    return wait_for_input(name=f"{what}-of-release", timeout=WEEK, expected_type=kind)


@workflow
def candidate(seed: int) -> Candidate:
    limit = asked("limit", timedelta(hours=12), float)
    made = train(seed=seed)
    read = report(model=made.model, scores=made.scores, limit=limit)
    agreed = approve(read, "report", timeout=WEEK)
    chosen = approve(made, "model", timeout=WEEK)
    agreed >> chosen
    return chosen


@workflow
def main(seed: int = 2) -> str:
    chosen = candidate(seed=approve(seed, "seed", timeout=timedelta(minutes=30)))
    note = ask("note", str)
    rollout = fl.wait_for_input("rollout", timeout=WEEK, expected_type=Rollout)
    morning = sleep(timedelta(milliseconds=50))
    published = map_task(partial(publish, model=chosen.model, rollout=rollout, note=note))(region=REGIONS)
    morning >> published
    return announce(texts=approve(published, "texts", timeout=WEEK), note=f"by {REGIONS[0]}")
