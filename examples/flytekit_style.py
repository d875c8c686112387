"""A flytekit file as people have them; flytekit itself is not needed.

python -m dagwright examples/flytekit_style.py
dagwright run examples/flytekit_style.py --days 3
dagwright submit --watch examples/flytekit_style.py --station Lund
"""

import statistics
from typing import List, NamedTuple

from flytekit import Resources, map_task, task, workflow

Summary = NamedTuple("Summary", [("mean", float), ("spread", float)])


@task(cache=True, cache_version="1.0")
def load_readings(station: str, days: int) -> List[float]:
    return [len(station) + 0.5 * day for day in range(days)]


@task(requests=Resources(cpu="200m", mem="100Mi"), retries=3)
def calibrate(reading: float) -> float:
    return round(reading * 1.02 - 0.3, 3)


@task
def summarise(readings: List[float]) -> Summary:
    return Summary(mean=round(statistics.mean(readings), 3), spread=round(statistics.pstdev(readings), 3))


@workflow
def station_report(station: str = "Uppsala", days: int = 7) -> Summary:
    raw = load_readings(station=station, days=days)
    calibrated = map_task(calibrate)(reading=raw).with_overrides(requests=Resources(cpu="100m", mem="64Mi"))
    return summarise(readings=calibrated)


if __name__ == "__main__":
    print(station_report())
