from enum import Enum
from typing import NamedTuple

from flytekit import map_task, task, workflow


class Unit(Enum):
    CELSIUS = "celsius"
    FAHRENHEIT = "fahrenheit"


class Extremes(NamedTuple):
    lowest: float
    highest: float


@task
def readings(station: str) -> list[float]:
    return [12.5, 14.0, 9.25, float(len(station))]


@task
def convert(value: float, unit: Unit) -> float:
    return value if unit is Unit.CELSIUS else value * 9 / 5 + 32


@task
def extremes(values: list[float]) -> Extremes:
    return Extremes(lowest=min(values), highest=max(values))


@workflow
def main(station: str = "summit") -> tuple[float, float]:
    raw = readings(station=station)
    values = map_task(convert)(value=raw, unit=[Unit.CELSIUS, Unit.CELSIUS, Unit.FAHRENHEIT, Unit.CELSIUS])
    found = extremes(values=values)
    return found.lowest, found.highest
