"""The trading rules: each gives, for the prices so far, the share of the money that is invested."""

from __future__ import annotations

from typing import Callable

from backtest.strategies.mean_reversion import mean_reversion
from backtest.strategies.momentum import momentum

RULES: dict[str, Callable[[list[float], int], float]] = {"momentum": momentum, "mean reversion": mean_reversion}
