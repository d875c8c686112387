"""Bet against the trend."""

from __future__ import annotations

from statistics import mean


def mean_reversion(prices: list[float], window: int) -> float:
    """Invest more the further the price is below the mean of ``window`` days."""
    if len(prices) < window:
        return 0.0
    usual = mean(prices[-window:])
    return min(1.0, max(0.0, 10 * (usual - prices[-1]) / usual))
