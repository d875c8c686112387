import math
from typing import Final

from dagwright import task, workflow

GRAVITY: Final = 9.81
SPAN_M: Final[float] = 120.5
SAFETY = max(1.5, math.pi / 2)
LANES = len("four")
AXLES = [[2.5, 6.0], [3.5, 7.5, 7.5]]
HEAVIEST = AXLES[-1][1:]


@task
def load(axles: list[float], lanes: int) -> float:
    return sum(axles) * lanes * GRAVITY


@task
def bends(load: float, span_m: float, safety: float) -> bool:
    return load * span_m * safety > 1e6


@workflow
def main() -> bool:
    return bends(load=load(axles=HEAVIEST, lanes=LANES), span_m=SPAN_M, safety=SAFETY)
