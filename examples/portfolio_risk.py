"""Value at risk of two portfolios by Monte Carlo: one subworkflow each, their paths simulated in parallel.

dagwright run examples/portfolio_risk.py --paths 2000
dagwright submit --watch examples/portfolio_risk.py --paths 20000 --confidence 0.99
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from dagwright import Cache, CacheFunctionBody, Resources, map_task, task, workflow


@dataclass(frozen=True)
class Portfolio:
    name: str
    value: float
    drift: float
    volatility: float
    days: int = 10


@dataclass
class Risk:
    portfolio: str
    value_at_risk: float
    expected_shortfall: float


BONDS = Portfolio("bonds", value=2_000_000.0, drift=0.0001, volatility=0.004)
SHARES = Portfolio("shares", value=1_000_000.0, drift=0.0004, volatility=0.018, days=5)
SEEDS = [11, 23]


@task(
    cache=Cache(policies=[CacheFunctionBody()]),  # computed again when the function is changed
    timeout=timedelta(minutes=10),
    requests=Resources(cpu="100m", mem="64Mi"),
)
def simulate(seed: int, portfolio: Portfolio, paths: int) -> list[float]:
    """Losses of ``paths`` paths, the same for the same seed."""
    chance = random.Random(seed)
    losses: list[float] = []
    for _ in range(paths):
        value = portfolio.value
        for _ in range(portfolio.days):
            value *= 1 + chance.gauss(portfolio.drift, portfolio.volatility)
        losses.append(round(portfolio.value - value, 2))
    return losses


@task
def quantile(portfolio: Portfolio, losses: list[list[float]], confidence: float) -> Risk:
    worst_last = sorted(loss for seed in losses for loss in seed)
    tail = worst_last[min(int(confidence * len(worst_last)), len(worst_last) - 1) :]
    return Risk(portfolio.name, tail[0], round(sum(tail) / len(tail), 2))


@workflow
def value_at_risk(portfolio: Portfolio, paths: int, confidence: float) -> Risk:
    simulated = map_task(partial(simulate, portfolio=portfolio, paths=paths), concurrency=4)(seed=SEEDS)
    return quantile(portfolio=portfolio, losses=simulated, confidence=confidence)


@task
def total(risks: list[Risk]) -> dict[str, float]:
    """Sum as if everything went wrong at once: no diversification."""
    return {**{risk.portfolio: risk.value_at_risk for risk in risks}, "all": round(sum(risk.value_at_risk for risk in risks), 2)}


@workflow
def risk_report(paths: int = 500, confidence: float = 0.95) -> dict[str, float]:
    risks = [value_at_risk(portfolio=portfolio, paths=paths, confidence=confidence) for portfolio in (BONDS, SHARES)]
    return total(risks=risks)


if __name__ == "__main__":
    for portfolio, loss in risk_report().items():
        print(f"{portfolio}: {loss:,.0f}")
