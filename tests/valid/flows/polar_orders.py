import polars as pl
from flytekit import StructuredDataset, task, workflow


@task
def orders(count: int) -> pl.DataFrame:
    return pl.DataFrame({"customer": ["a", "b"] * count, "amount": list(range(2 * count))})


@task
def summary(orders: pl.DataFrame) -> StructuredDataset:
    return StructuredDataset(dataframe=orders.group_by("customer").agg(pl.col("amount").sum()).sort("customer"))


@task
def largest(table: StructuredDataset) -> int:
    return int(table.open(pl.DataFrame).all()["amount"].max())


@workflow
def main(count: int = 3) -> int:
    return largest(table=summary(orders=orders(count=count)))
