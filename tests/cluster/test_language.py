"""What workflow bodies can say, on a live controller: parts, written-out lists, maps over several lists and parts of results."""

import pytest

pytestmark = pytest.mark.cluster

SOURCE = """\
from dataclasses import dataclass
from functools import partial

from dagwright import map_task, task, workflow


@dataclass
class Model:
    weights: list[float]
    names: dict[str, str]


@task
def train(n: int) -> Model:
    return Model([0.5 * i for i in range(n)], {"best": "b"})


@task
def scale(weight: float, factor: float, label: str) -> str:
    return f"{label}{weight * factor}"


@task
def join(parts: list[str], by: dict[str, float]) -> str:
    return " ".join(parts) + f" {by}"


@workflow
def main(factors: list[float], n: int = 3) -> tuple[str, str]:
    model = train(n=n)
    scaled = map_task(partial(scale, label=model.names["best"]))(weight=model.weights, factor=factors)
    return join(parts=scaled, by={"last": model.weights[-1], "n": n}), scaled[0]
"""


def test_parts_literals_and_maps_over_several_lists(flows, argo):
    flow = flows(SOURCE, "main", argo)
    assert flow.submit(factors="[1, 2, 3]").succeeded().outputs() == ["b0.0 b1.0 b3.0 {'last': 1.0, 'n': 3.0}", "b0.0"]
