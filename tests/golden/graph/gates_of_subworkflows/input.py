from datetime import timedelta
from typing import NamedTuple

from dagwright import approve, map_task, task, wait_for_input, workflow

HOUR = timedelta(hours=1)


class Fit(NamedTuple):
    scores: list[int]
    name: str


@task
def fit(seed: int) -> Fit:
    return Fit([seed, 2 * seed], f"model-{seed}")


@task
def twice(x: int) -> int:
    return 2 * x


@task
def publish(name: str, scores: list[int], limit: float) -> str:
    return f"{name}: {scores} up to {limit}"


@workflow
def candidate(seed: int) -> Fit:
    return approve(fit(seed=seed), name="pick", timeout=HOUR)


@workflow
def main(seed: int = 1) -> str:
    approved = approve(seed, "seed", timeout=HOUR)
    first = candidate(seed=approved)
    second = candidate(seed=2)
    limit = wait_for_input("limit", timeout=HOUR, expected_type=int)
    both = approve(approve(map_task(twice)(x=first.scores), "scores", HOUR), "scores-again", HOUR)
    return publish(name=second.name, scores=both, limit=limit)
