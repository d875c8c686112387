"""Follow the trend."""

from __future__ import annotations


def momentum(prices: list[float], window: int) -> float:
    """Invest everything while the price is above that of ``window`` days ago."""
    return 1.0 if len(prices) > window and prices[-1] > prices[-1 - window] else 0.0
