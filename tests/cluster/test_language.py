"""What workflow bodies can say, on a live controller: parts, slices, lists and instances written out, maps over several lists."""

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
def main(factors: list[float], n: int = 2) -> tuple[str, str]:
    model = train(n=n)
    scaled = map_task(partial(scale, label=model.names["best"]))(weight=model.weights, factor=factors)
    return join(parts=scaled, by={"last": model.weights[-1], "n": n}), scaled[0]
"""

BUILT = """\
from dataclasses import dataclass, field
from typing import NamedTuple

from dagwright import map_task, task, workflow


@dataclass
class Row:
    name: str
    size: int
    tags: list[str] = field(default_factory=list)


@dataclass
class Doubled:
    size: int

    def __post_init__(self) -> None:
        self.size *= 2


class Report(NamedTuple):
    rows: str
    text: str
    first: str


@task
def names(n: int) -> list[str]:
    return [f"r{i}" for i in range(n)]


@task
def upper(name: str) -> str:
    return name.upper()


@task
def show(row: Row, doubled: Doubled) -> str:
    return f"{row} {doubled.size}"


@task
def show_all(rows: list[Row]) -> str:
    return str(rows)


@workflow
def report(n: int = 4) -> Report:
    found = names(n=n)
    some = map_task(upper)(name=found[1:-1])
    row = Row(some[0], n, tags=some[::-1])
    return Report(show_all(rows=[row, Row("last", 0)]), show(row=row, doubled=Doubled(n)), row.name)
"""


def test_parts_literals_and_maps_over_several_lists(flows, argo):
    flow = flows(SOURCE, "main", argo)
    assert flow.submit(factors="[1, 2]").succeeded().outputs() == ["b0.0 b1.0 {'last': 0.5, 'n': 2.0}", "b0.0"]


def test_slices_and_instances_built_with_results(flows, argo):
    row = "Row(name='R1', size=4, tags=['R2', 'R1'])"
    run = flows(BUILT, "report", argo).submit().succeeded()
    assert run.outputs() == [f"[{row}, Row(name='last', size=0, tags=[])]", f"{row} 8", "R1"]
