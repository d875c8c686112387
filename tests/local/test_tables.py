"""Frames between tasks, in whatever library each of them likes, on every way of running."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ways_of_running import STAND_IN, execute, write_project

if TYPE_CHECKING:
    from pathlib import Path

FLOW = """
import pandas as pd
import polars as pl
from flytekit import StructuredDataset, kwtypes, map_task, task, workflow
from typing import Annotated


@task
def make(n: int) -> pd.DataFrame:
    return pd.DataFrame({"n": range(n)}, index=[f"row{i}" for i in range(n)])


@task(cache=True, cache_version="1")
def double(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.col("n") * 2)


@task
def wrap(frame: pl.LazyFrame) -> Annotated[StructuredDataset, kwtypes(n=int)]:
    return StructuredDataset(dataframe=frame.collect())


@task
def total(table: StructuredDataset, frames: list[pd.DataFrame]) -> str:
    return f"{table.open(pd.DataFrame).all()['n'].sum()} {[frame.index[-1] for frame in frames]}"


@workflow
def main() -> str:
    frame = make(n=3)
    return total(table=wrap(frame=double(frame=frame)), frames=map_task(make)(n=[1, 2]))


@task
def mixed() -> pd.DataFrame:
    return pd.DataFrame({"m": [1, "x"]})


@workflow
def pickled() -> pl.DataFrame:
    return double(frame=mixed())
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("project"), FLOW)


@pytest.mark.parametrize("way", STAND_IN)
def test_each_task_gets_the_frames_that_it_asks_for(project: Path, way: str) -> None:
    ran = execute(project, way, "main", ways=STAND_IN)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip().strip("\"'") == "6 ['row0', 'row1']"
    assert "warning" not in ran.stderr.lower()


@pytest.mark.parametrize("way", STAND_IN)
def test_what_parquet_cannot_hold_does_not_change_its_library(project: Path, way: str) -> None:
    ran = execute(project, way, "pickled", ways=STAND_IN)
    assert ran.returncode != 0
    assert (
        "expected polars.DataFrame, got pandas.DataFrame (Parquet cannot hold what is in it, so it stays what it is)"
        in ran.stderr
    )
    assert "values of pandas.DataFrame are pickled: Parquet cannot hold them" in ran.stderr
