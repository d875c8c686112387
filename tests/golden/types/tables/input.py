from typing import Annotated, NamedTuple, Optional

import pandas as pd
import pandera.typing as pat
import polars as pl
import pyarrow as pa
from flytekit import StructuredDataset, kwtypes, task, workflow
from pandera import DataFrameModel


class Sales(DataFrameModel):
    shop: pat.Series[str]
    amount: pat.Series[float]


class Parts(NamedTuple):
    train: pd.DataFrame
    test: StructuredDataset


@task
def load(shops: list[str]) -> pat.DataFrame[Sales]:
    return pd.DataFrame({"shop": shops, "amount": [1.0] * len(shops)})


@task
def split(sales: pl.DataFrame, ratio: float = 0.8) -> Parts:
    cut = int(len(sales) * ratio)
    return Parts(sales[:cut].to_pandas(), StructuredDataset(dataframe=sales[cut:]))


@task
def count(rows: Annotated[pa.Table, kwtypes(shop=str, amount=float)], others: Optional[pl.LazyFrame] = None) -> int:
    return rows.num_rows


@task
def report(parts: dict[str, StructuredDataset]) -> str:
    return ", ".join(f"{name}: {len(part.open(pd.DataFrame).all())}" for name, part in parts.items())


@workflow
def main(shops: list[str]) -> tuple[int, str]:
    parts = split(sales=load(shops=shops))
    return count(rows=parts.test), report(parts={"train": parts.train, "test": parts.test})

