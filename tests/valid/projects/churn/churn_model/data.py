from typing import List

from dagwright import Resources, task

__all__ = ["load", "worst"]
_SMALL = Resources(cpu="200m", mem="128Mi")


@task(requests=_SMALL)
def load(region: str) -> List[int]:
    return [len(region), 3, 5]


@task(requests=_SMALL)
def worst(scores: List[float]) -> float:
    return min(scores)
