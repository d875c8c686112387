from dataclasses import dataclass
from typing import NamedTuple

from dagwright import map_task, task, workflow


@dataclass
class Model:
    name: str
    weights: list[float]
    scores: dict[str, float]


class Trained(NamedTuple):
    model: Model
    losses: list[float]


@task
def train(name: str) -> Trained:
    return Trained(Model(name, [0.5, 0.25], {"f1": 0.75}), [3.0, 1.0])


@task
def scale(weight: float) -> float:
    return 2 * weight


@task
def summary(name: str, f1: float, last: float, first: float) -> str:
    return f"{name} {f1} {last} {first}"


@workflow
def describe(model: Model, last: float, first: float) -> str:
    return summary(name=model.name, f1=model.scores["f1"], last=last, first=first)


@workflow
def main(name: str = "net") -> tuple[str, list[float]]:
    trained = train(name=name)
    scaled = map_task(scale)(weight=trained.model.weights)
    return describe(model=trained.model, last=trained.losses[-1], first=scaled[0]), trained.losses
