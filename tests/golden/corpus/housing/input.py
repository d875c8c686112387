"""House prices: features, a grid of models, the best of them."""

import typing
from dataclasses import dataclass
from datetime import timedelta
from typing import List, NamedTuple, Tuple

import pandas as pd
from dataclasses_json import dataclass_json
from flytekit import ImageSpec, Resources, map_task, task, workflow
from sklearn.ensemble import GradientBoostingRegressor

training_image = ImageSpec(
    name="housing",
    packages=["pandas==2.2.3", "scikit-learn==1.5.2"],
    python_version="3.11",
    registry="ghcr.io/acme",
).with_apt_packages(["libgomp1"])

FEATURES = ["rooms", "area", "age"]
TARGET = "price"


@dataclass_json
@dataclass
class Hyperparameters:
    learning_rate: float
    depth: int = 3
    columns: typing.Optional[List[str]] = None


class Scored(NamedTuple):
    model: GradientBoostingRegressor
    score: float


@task(container_image=training_image, cache=True, cache_version="2.0", requests=Resources(cpu="1", mem="1Gi"))
def load_houses(url: str, rows: int) -> pd.DataFrame:
    return pd.read_csv(url, nrows=rows)


@task(container_image=training_image)
def split(data: pd.DataFrame, fraction: float) -> Tuple[pd.DataFrame, pd.DataFrame]:
    cut = int(len(data) * fraction)
    return data[:cut], data[cut:]


@task(container_image=training_image)
def compare(train: pd.DataFrame, test: pd.DataFrame) -> float:
    return float(train[TARGET].mean() - test[TARGET].mean())


@task
def grid(rates: List[float], depths: List[int]) -> List[Hyperparameters]:
    return [Hyperparameters(rate, depth, FEATURES) for rate in rates for depth in depths]


@task(container_image=training_image, retries=2, timeout=timedelta(minutes=30), limits=Resources(cpu="2", mem="4Gi"))
def fit(params: Hyperparameters) -> float:
    return params.learning_rate * params.depth


@task
def best(scores: List[float], grid: List[Hyperparameters]) -> Hyperparameters:
    return grid[scores.index(max(scores))]


@workflow
def main(url: str = "https://example.com/houses.csv", rows: int = 1000, fraction: float = 0.8) -> Hyperparameters:
    """Find the best hyperparameters.

    Args:
        url: Where the table is.
    """
    data = load_houses(url=url, rows=rows)
    train, test = split(data=data, fraction=fraction)
    report = compare(train=train, test=test)
    candidates = grid(rates=[0.1, 0.01], depths=[2, 3, 4])
    scores = map_task(fit, concurrency=4)(params=candidates).with_overrides(requests=Resources(mem="2Gi"))
    report >> scores
    return best(scores=scores, grid=candidates)
