import pandas as pd
from dagwright import StructuredDataset, task, workflow


@task
def rows(table: pd.DataFrame, others: list[StructuredDataset]) -> int:
    return len(table) + sum(len(other.open(pd.DataFrame).all()) for other in others)


@workflow
def main(table: StructuredDataset = StructuredDataset(uri="s3://bucket/sales.parquet")) -> int:
    return rows(table=StructuredDataset(uri="https://example.com/old.csv", file_format="csv"), others=[table])
