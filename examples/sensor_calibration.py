"""Calibrates a batch of sensors of which some are broken: too many failures fail the run, a few leave gaps.

dagwright run examples/sensor_calibration.py
dagwright submit --watch examples/sensor_calibration.py --readings '[20.1, -999, 20.7, 21.2]'
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from functools import partial

from dagwright import RecoverableError, TaskMetadata, map_task, task, workflow

BROKEN = -999.0
READINGS = [20.4, 21.0, BROKEN, 19.8]


class Unit(Enum):
    CELSIUS = "C"
    FAHRENHEIT = "F"


@dataclass
class Calibration:
    usable: int
    broken: list[int]
    mean: float


@task
def to_celsius(readings: list[float], unit: Unit) -> list[float]:
    if unit is Unit.CELSIUS:
        return readings
    return [reading if reading == BROKEN else round((reading - 32) / 1.8, 3) for reading in readings]


@task(retries=2)
def calibrate(reading: float, offset: float, slope: float = 1.02) -> float:
    if reading == BROKEN:
        raise ValueError("the sensor is broken")  # final: trying again would not help
    if reading > 40 and os.environ.get("DAGWRIGHT_ATTEMPT") == "0":
        raise RecoverableError("the sensor is warming up")  # tried again
    return round(slope * reading + offset, 3)


@task
def summarise(values: list[float | None]) -> Calibration:
    usable = [value for value in values if value is not None]
    broken = [place for place, value in enumerate(values) if value is None]
    return Calibration(len(usable), broken, round(sum(usable) / len(usable), 3))


@workflow
def calibration(readings: list[float] = READINGS, unit: Unit = Unit.CELSIUS, offset: float = -0.3) -> Calibration:
    celsius = to_celsius(readings=readings, unit=unit)
    calibrate_all = map_task(partial(calibrate, offset=offset), min_success_ratio=0.7, metadata=TaskMetadata(retries=1))
    return summarise(values=calibrate_all(reading=celsius))


if __name__ == "__main__":
    done = calibration()
    print(f"{done.usable} sensors, mean {done.mean}, broken: {done.broken}")
