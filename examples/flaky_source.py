"""A source that fails now and then: retries for what may pass, a timeout for what hangs, order without data.

dagwright run examples/flaky_source.py --amount 100
dagwright submit --watch examples/flaky_source.py --currency GBP
"""

from __future__ import annotations

import random
from datetime import timedelta

from dagwright import RecoverableError, task, workflow

RATES = {"EUR": 1.08, "GBP": 1.27}


@task
def check_currency(currency: str) -> None:
    if currency not in RATES:
        raise ValueError(f"no rate for {currency}")  # final: trying again would not help


@task(retries=9, timeout=timedelta(seconds=30))
def fetch_rate(currency: str) -> float:
    if random.random() < 0.3:
        raise RecoverableError(f"rate of {currency}: service unavailable")
    return RATES[currency]


@task
def convert(amount: float, rate: float) -> float:
    return round(amount * rate, 2)


@workflow
def price_in_dollars(amount: float = 250.0, currency: str = "EUR") -> float:
    checked = check_currency(currency=currency)
    rate = fetch_rate(currency=currency)
    checked >> rate
    return convert(amount=amount, rate=rate)


if __name__ == "__main__":
    print(price_in_dollars())
