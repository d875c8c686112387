"""A grid of settings, one training each, the best one wins."""

from dataclasses import dataclass

from flytekit import Resources, map_task, task, workflow

RATES = (0.1, 0.01)
DEPTHS = (2, 4, 8)


@dataclass
class Trial:
    rate: float
    depth: int


@dataclass
class Outcome:
    trial: Trial
    loss: float


GRID = [Trial(rate=rate, depth=depth) for rate in RATES for depth in DEPTHS]


@task(requests=Resources(cpu="2", mem="1Gi", gpu="1"), limits=Resources(gpu="1"), cache=True, cache_version="3")
def train(trial: Trial) -> Outcome:
    return Outcome(trial, loss=abs(trial.rate - 0.03) / trial.depth)


@task
def best(outcomes: list[Outcome]) -> Outcome:
    return min(outcomes, key=lambda outcome: outcome.loss)


@task
def describe(trial: Trial, loss: float) -> str:
    return f"rate {trial.rate}, depth {trial.depth}: {loss:.4f}"


@workflow
def main() -> str:
    winner = best(outcomes=map_task(train, concurrency=2)(trial=GRID))
    return describe(trial=winner.trial, loss=winner.loss)
