"""Revenue of yesterday, by region: a project with settings, a schedule and a profile for production.

cd examples/nightly_sales
_FSEC_WAREHOUSE_PASSWORD=sesame dagwright run sales/flow.py --day 2026-11-21
dagwright compile --profile prod --kustomize -o deploy/ sales/flow.py
dagwright submit --watch sales/flow.py --day 2026-11-21
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import partial

from dagwright import map_task, task, workflow
from sales.model import Region, Revenue, Sale
from sales.warehouse import extract


@task
def without_returns(sales: list[list[Sale]]) -> list[Sale]:
    """Take each returned article off one sale of it."""
    kept = [sale for region in sales for sale in region if sale.price > 0]
    for returned in (sale for region in sales for sale in region if sale.price < 0):
        sold = next((sale for sale in kept if (sale.region, sale.article) == (returned.region, returned.article)), None)
        if sold is not None:
            kept.remove(sold)
    return kept


@task
def sum_up(sales: list[Sale]) -> list[Revenue]:
    found = {region: Revenue(region, 0, Decimal("0.00")) for region in Region}
    for sale in sales:
        found[sale.region].sales += 1
        found[sale.region].total += sale.price
    return sorted(found.values(), key=lambda revenue: revenue.total, reverse=True)


@workflow
def report(day: datetime) -> list[Revenue]:
    sales = map_task(partial(extract, day=day))(region=list(Region))
    return sum_up(sales=without_returns(sales=sales))
