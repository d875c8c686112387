"""A package: relative imports, constants of other modules, a re-export and a star import."""

from __future__ import annotations

from dagwright import map_task, workflow

from churn_model import fit, score
from churn_model.data import *
from churn_model.settings import REGIONS, Settings


@workflow
def region(name: str, settings: Settings) -> float:
    customers = load(region=name)
    model = fit(customers=customers, settings=settings)
    return score(model=model, customers=customers)


@workflow
def main(trees: int = 20) -> float:
    settings = Settings(trees=trees)
    north = region(name=REGIONS[0], settings=settings)
    south = region(name=REGIONS[-1], settings=Settings())
    return worst(scores=[north, south])
