"""Extract, check and load orders: three tables, one order of loading."""

from datetime import datetime, timedelta

from dagwright import Secret, current_context, task, workflow

LOGIN = Secret(group="warehouse", key="login")
TABLES = ("orders", "customers", "items")


@task(retries=5, timeout=timedelta(hours=1))
def extract(table: str, since: datetime) -> list[dict[str, str]]:
    return [{"table": table, "since": since.isoformat()}]


@task
def validate(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row for row in rows if row]


@task(secret_requests=[LOGIN])
def load(rows: list[dict[str, str]], table: str) -> int:
    current_context().secrets.get("warehouse", "login")
    return len(rows)


@task
def announce(loaded: list[int]) -> None:
    print("loaded", sum(loaded))


@workflow
def main(since: datetime = datetime(2024, 1, 1)) -> None:
    orders = load(rows=validate(rows=extract(table="orders", since=since)), table="orders")
    customers = load(rows=validate(rows=extract(table="customers", since=since)), table="customers")
    items = load(rows=validate(rows=extract(table="items", since=since)), table="items")
    customers >> orders >> items
    announce(loaded=[orders, customers, items])
