"""Which trading rule would have done best: a project of several modules, with a workflow inside a workflow.

cd examples/backtest
dagwright run src/backtest/flow.py:compare --symbol ACME
dagwright submit --watch src/backtest/flow.py:compare --symbol ACME --days 250
"""

from __future__ import annotations

from typing import NamedTuple

from backtest.prices import load_prices
from backtest.simulation import Result, simulate
from dagwright import task, workflow

WINDOWS = {"momentum": (5, 20), "mean reversion": (10,)}
COST = 0.001


class Comparison(NamedTuple):
    best: Result
    results: list[Result]


@task
def rank(results: list[Result]) -> list[Result]:
    return sorted(results, key=lambda result: -result.gain)


@workflow
def try_rules(symbol: str, days: int) -> list[Result]:
    """One simulation for each rule and window, which are known while compiling."""
    prices = load_prices(symbol=symbol, days=days)
    results = [
        simulate(prices=prices, rule=rule, window=window, cost=COST) for rule, windows in WINDOWS.items() for window in windows
    ]
    return rank(results=results)


@workflow
def compare(symbol: str, days: int = 120) -> Comparison:
    ranked = try_rules(symbol=symbol, days=days)
    return Comparison(best=ranked[0], results=ranked)
