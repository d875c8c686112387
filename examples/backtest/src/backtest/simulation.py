"""One rule on one share, day by day."""

from __future__ import annotations

from dataclasses import dataclass

from backtest.strategies import RULES
from dagwright import Resources, task


@dataclass
class Result:
    rule: str
    window: int
    gain: float
    worst_fall: float


@task(cache=True, cache_version="1", requests=Resources(cpu="100m", mem="64Mi"))
def simulate(prices: list[float], rule: str, window: int, cost: float = 0.0) -> Result:
    money = highest = 1.0
    invested = worst_fall = 0.0
    for day in range(1, len(prices)):
        wanted = RULES[rule](prices[:day], window)
        money *= 1 - cost * abs(wanted - invested)
        invested = wanted
        money *= 1 + invested * (prices[day] / prices[day - 1] - 1)
        highest = max(highest, money)
        worst_fall = max(worst_fall, 1 - money / highest)
    return Result(rule, window, round(money - 1, 4), round(worst_fall, 4))
