"""The warehouse that the sales come from: the only module that knows its password."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from dagwright import RecoverableError, Secret, current_context, task
from sales.model import Region, Sale

ARTICLES = {"tea": Decimal("4.90"), "kettle": Decimal("39.00"), "cup": Decimal("7.50")}


@task(
    cache=True,
    cache_version="1",
    retries=3,
    timeout=timedelta(minutes=10),
    secret_requests=[Secret(group="warehouse", key="password")],
    environment={"WAREHOUSE_HOST": "warehouse.example.com"},
)
def extract(region: Region, day: datetime) -> list[Sale]:
    """Sales of a region on the day before ``day``."""
    password = current_context().secrets.get("warehouse", "password")
    return _query(password, day.date().toordinal() - 1, region)


def _query(password: str, day: int, region: Region) -> list[Sale]:
    """Stand in for the warehouse: the same sales for the same day."""
    if not password:
        raise RecoverableError("the warehouse let nobody in")
    names = sorted(ARTICLES)
    count = 2 + (day + len(region.value)) % 3
    sales = [
        Sale(region, names[(day + number) % len(names)], ARTICLES[names[(day + number) % len(names)]]) for number in range(count)
    ]
    return [*sales, Sale(region, "cup", Decimal("-7.50"))]  # one came back
