"""Hyper-parameter search: make a grid, train once per point in parallel, keep the best.

dagwright run examples/tune.py --rates '[0.01, 0.1]' --steps '[10, 100]'
dagwright submit --watch examples/tune.py --rates '[0.01, 0.1]' --steps '[10, 100]'
"""

from __future__ import annotations

from dataclasses import dataclass

from dagwright import Resources, map_task, task, workflow


@dataclass
class Point:
    rate: float
    steps: int


@dataclass
class Trial:
    point: Point
    loss: float


SAMPLES = ((1.0, 3.1), (2.0, 4.9), (3.0, 7.2), (4.0, 8.8))


@task
def grid(rates: list[float], steps: list[int]) -> list[Point]:
    return [Point(rate, count) for rate in rates for count in steps]


@task(cache=True, cache_version="2", retries=2, requests=Resources(cpu="200m", mem="64Mi"))
def train(point: Point) -> Trial:
    slope, offset = 0.0, 0.0
    for _ in range(point.steps):
        errors = [(slope * x + offset - y, x) for x, y in SAMPLES]
        slope -= point.rate * sum(error * x for error, x in errors) / len(errors)
        offset -= point.rate * sum(error for error, _ in errors) / len(errors)
    return Trial(point, sum((slope * x + offset - y) ** 2 for x, y in SAMPLES) / len(SAMPLES))


@task
def best(trials: list[Trial]) -> Trial:
    return min(trials, key=lambda trial: trial.loss)


@workflow
def tune(rates: list[float], steps: list[int]) -> Trial:
    points = grid(rates=rates, steps=steps)
    trials = map_task(train, concurrency=8)(point=points).with_overrides(requests=Resources(cpu="300m", mem="128Mi"))
    return best(trials=trials)


if __name__ == "__main__":
    winner = tune(rates=[0.001, 0.01, 0.1], steps=[10, 100])
    print(f"rate {winner.point.rate}, {winner.point.steps} steps: loss {winner.loss:.4f}")
