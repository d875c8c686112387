"""Forecast the sales of each shop from its last weeks."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from dagwright import Cache, Resources, map_task, task, workflow

SHOPS = ["north", "south", "west"]
WEEKS = 4


@dataclass
class Forecast:
    shop: str
    mean: float
    low: float
    high: float


@task(cache=Cache(version="2"), requests=Resources(cpu="500m", mem="256Mi"))
def load_sales(shop: str, weeks: int) -> list[float]:
    return [float(len(shop) + week) for week in range(weeks)]


@task(retries=2, timeout=timedelta(minutes=10))
def predict(shop: str, weeks: int, margin: float = 0.1) -> Forecast:
    sales = [float(len(shop) + week) for week in range(weeks)]
    mean = sum(sales) / len(sales)
    return Forecast(shop=shop, mean=mean, low=mean * (1 - margin), high=mean * (1 + margin))


@task
def total(forecasts: list[Forecast]) -> float:
    return sum(forecast.mean for forecast in forecasts)


@workflow
def main(margin: float = 0.2) -> float:
    forecasts = map_task(partial(predict, weeks=WEEKS, margin=margin), concurrency=2)(shop=SHOPS)
    return total(forecasts=forecasts)
