"""Every way of naming outputs."""

from collections import namedtuple
from typing import NamedTuple

from dagwright import task, workflow

Climate = NamedTuple("Climate", [("warmth", float), ("damp", float)])


class Plan(NamedTuple):
    water: float
    windows: bool = False


@task
def sense(bed: int) -> Climate:
    return Climate(20.0 + bed, 0.6)


@task
def decide(warmth: float, damp: float) -> Plan:
    return Plan(water=max(0.0, warmth - 20) * (1 - damp), windows=warmth > 24)


@task
def act(water: float, windows: bool) -> NamedTuple("Done", [("note", str)]):
    return (f"{water:.2f} litres, windows {'open' if windows else 'shut'}",)


@workflow
def main(bed: int = 2) -> NamedTuple("Result", [("note", str), ("warmth", float)]):
    warmth, damp = sense(bed=bed)
    plan = decide(warmth=warmth, damp=damp)
    done = act(water=plan.water, windows=plan.windows)
    return done.note, warmth
