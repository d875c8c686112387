from functools import partial, wraps
from typing import Callable, List

from dagwright import map_task, task, workflow


def timed(function: Callable) -> Callable:
    @wraps(function)
    def timing(*args, **kwargs):
        return function(*args, **kwargs)

    return timing


@task
@timed
def waves(station: int, seconds: int) -> List[float]:
    return [station / (second + 1) for second in range(seconds)]


@task(retries=1)
@timed
def magnitude(waves: List[float], *, scale: float) -> float:
    return round(max(waves) * scale, 2)


@task
@timed
def strongest(magnitudes: List[float]) -> float:
    return max(magnitudes)


@workflow
def main(stations: List[int] = [3, 9, 4]) -> float:
    recorded = map_task(partial(waves, seconds=5))(station=stations)
    return strongest(magnitudes=map_task(partial(magnitude, scale=0.5))(waves=recorded))
