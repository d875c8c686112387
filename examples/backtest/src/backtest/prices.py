"""Daily prices of a share."""

from __future__ import annotations

import math

from dagwright import task


@task(cache=True, cache_version="1")
def load_prices(symbol: str, days: int) -> list[float]:
    """Stand in for a service: the same prices for the same symbol."""
    phase = sum(map(ord, symbol))
    return [round(100 + 8 * math.sin((day + phase) / 9) + 3 * math.sin((day * phase) / 2) + day / 12, 2) for day in range(days)]
