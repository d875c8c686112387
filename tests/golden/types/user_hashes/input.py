"""Outputs that count in cache keys by what a function says of them: the plan notes it of the task, the type stays what it is."""

from typing import Annotated, NamedTuple

import pandas as pd

from dagwright import HashMethod, task, workflow


def rows(frame: pd.DataFrame) -> str:
    return str(len(frame))


Counted = Annotated[pd.DataFrame, HashMethod(rows)]


class Tables(NamedTuple):
    left: Counted
    right: int


@task
def read(path: str) -> Counted:
    return pd.read_csv(path)


@task
def split(frame: pd.DataFrame) -> Tables:
    return Tables(frame, len(frame))


@task(cache=True, cache_version="1")
def total(frame: pd.DataFrame) -> float:
    return float(frame.sum().sum())


@workflow
def main() -> float:
    return total(frame=split(frame=read(path="s3://bucket/table.csv")).left)
