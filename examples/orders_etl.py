"""Daily revenue per country: extract, clean, aggregate, with dataclasses between the tasks.

dagwright run examples/orders_etl.py
dagwright submit --watch examples/orders_etl.py
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

from dagwright import Resources, task, workflow

ORDERS = """\
1001,DE,2024-03-01T09:15:00,39.90
1002,fr,2024-03-01T09:40:00,120.00
1003,DE,2024-03-01T11:05:00,
1004,SE,2024-03-01T13:30:00,15.50
1005,FR,2024-03-01T17:45:00,80.10
"""


@dataclass
class Order:
    number: int
    country: str
    placed: datetime
    amount: float


@dataclass
class Revenue:
    country: str
    orders: int
    total: float


@task(cache=True, cache_version="1")
def extract(export: str) -> list[list[str]]:
    return [line.split(",") for line in export.splitlines()]


@task(cache=True, cache_version="1", requests=Resources(cpu="200m", mem="128Mi"))
def clean(rows: list[list[str]]) -> list[Order]:
    orders: list[Order] = []
    for number, country, placed, amount in rows:
        if amount:  # an order without an amount was cancelled
            moment = datetime.fromisoformat(placed).replace(tzinfo=timezone.utc)
            orders.append(Order(int(number), country.upper(), moment, float(amount)))
    return orders


@task
def aggregate(orders: list[Order]) -> list[Revenue]:
    totals: dict[str, Revenue] = {}
    for order in orders:
        revenue = totals.setdefault(order.country, Revenue(order.country, 0, 0.0))
        revenue.orders += 1
        revenue.total = round(revenue.total + order.amount, 2)
    return sorted(totals.values(), key=lambda revenue: -revenue.total)


@workflow
def daily_revenue(export: str = ORDERS) -> list[Revenue]:
    rows = extract(export=export)
    orders = clean(rows=rows)
    return aggregate(orders=orders)


if __name__ == "__main__":
    for revenue in daily_revenue():
        print(f"{revenue.country}: {revenue.orders} orders, {revenue.total:.2f}")
