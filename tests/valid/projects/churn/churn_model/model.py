from typing import Dict, List

from dagwright import task

from .settings import Settings


@task(cache=True, cache_version="1")
def fit(customers: List[int], settings: Settings) -> Dict[str, float]:
    return {"bias": sum(customers) / settings.trees, "depth": float(settings.depth)}


@task
def score(model: Dict[str, float], customers: List[int]) -> float:
    return round(model["bias"] * len(customers) / model["depth"], 3)
