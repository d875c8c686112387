"""Tables that a person gives as inputs: files of their own machine, rows and columns, on every way of running."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from environments import make_environment
from object_store_server import object_store
from ways_of_running import RUN, WAYS, execute, write_project

if TYPE_CHECKING:
    from pathlib import Path

FLOW = """
import pandas as pd
import polars as pl
from typing import Optional, Union

from dagwright import File, StructuredDataset, task, workflow


@task(cache=True, cache_version="1")
def total(rows: pd.DataFrame) -> int:
    print("summed")
    return int(rows["n"].sum())


@task
def totals(table: StructuredDataset, frames: list[pl.DataFrame], maybe: Optional[pd.DataFrame], either: Union[pl.DataFrame, int]) -> str:
    sums = [table.open(pd.DataFrame).all()["n"].sum(), *(frame["n"].sum() for frame in frames)]
    return f"{[int(part) for part in sums]} {None if maybe is None else list(maybe['n'])} {either if isinstance(either, int) else either.rows()}"


@workflow
def one(rows: pd.DataFrame) -> int:
    return total(rows=rows)


@workflow
def every(table: StructuredDataset, frames: list[pl.DataFrame], maybe: Optional[pd.DataFrame] = None, either: Union[pl.DataFrame, int] = 5) -> str:
    return totals(table=table, frames=frames, maybe=maybe, either=either)
"""
LIGHT = """
from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright import task, workflow

if TYPE_CHECKING:
    import numpy as np


@task
def total(rows: np.ndarray) -> int:
    return 1


@workflow
def one(rows: np.ndarray) -> int:
    return total(rows=rows)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = write_project(tmp_path_factory.mktemp("project"), FLOW)
    frame = pd.DataFrame({"n": [1, 2]})
    frame.to_csv(made / "rows.csv", index=False)
    frame.to_json(made / "rows.json", orient="records")
    frame.to_parquet(made / "rows.parquet")
    (made / "bad.parquet").write_text("{")
    return made


WITH_INPUTS = [way for way in WAYS if way != "script"]


@pytest.mark.parametrize("way", WITH_INPUTS)
def test_a_url_is_fetched_where_the_task_runs_with_the_client_of_stores(project: Path, way: str) -> None:
    with object_store() as server:
        url = server.url.rpartition("/")[0]
        store = {"DAGWRIGHT_STORE": f"{url}/store", **server.environment}
        put(f"{server.endpoint}/{url.removeprefix('s3://')}/rows.csv", (project / "rows.csv").read_bytes())
        ran = execute(project, way, "one", arguments=["--rows", f"{url}/rows.csv"], variables=store)
        assert (ran.returncode, ran.stdout) == (0, "3\n"), ran.stderr
        absent = execute(project, way, "one", arguments=["--rows", f"{url}/absent.csv"], variables=store)
        assert absent.returncode == 1
        assert f"a file that cannot be read: nothing stands under {url}/absent.csv" in absent.stderr
    wrong = execute(project, way, "one", arguments=["--rows", f"{url}/rows.txt"])
    assert wrong.returncode == 2
    assert "which ends neither in .parquet nor in .csv nor in .json" in wrong.stderr


def put(url: str, content: bytes) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(url, data=content, method="PUT"), timeout=30):
        pass


@pytest.mark.parametrize("way", WITH_INPUTS)
def test_files_travel_to_where_the_task_runs(project: Path, way: str) -> None:
    given = ["--table", "rows.parquet", "--frames", '["rows.csv", [{"n": 4}]]', "--maybe", "rows.csv", "--either", "rows.parquet"]
    ran = execute(project, way, "every", arguments=given)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip().strip('"') == "[3, 3, 4] [1, 2] [(1,), (2,)]"


@pytest.mark.parametrize("way", WITH_INPUTS)
def test_a_file_is_as_good_as_its_rows(project: Path, way: str) -> None:
    for rows in ("rows.csv", '[{"n": 1}, {"n": 2}]', '{"n": [1, 2]}', str(project / "rows.json")):
        ran = execute(project, way, "one", arguments=["--rows", rows])
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.split()[-1] == "3"


def test_cache_why_reads_the_file_before_any_store_has_it(project: Path, tmp_path: Path) -> None:
    command = ["cache", "why", "--store", tmp_path.as_uri(), "flow.py:total", "--rows", "rows.csv"]
    asked = [sys.executable, *RUN[:-1], *command]
    first = subprocess.run(asked, cwd=project, capture_output=True, text=True, check=False, timeout=60)
    assert (first.returncode, "Traceback" in first.stderr) == (1, False), first.stderr
    run = ["run", "--store", tmp_path.as_uri(), "flow.py", "one", "--rows", "rows.parquet"]
    subprocess.run([sys.executable, *RUN[:-1], *run], cwd=project, capture_output=True, check=True, timeout=60)
    assert subprocess.run(asked, cwd=project, capture_output=True, check=False, timeout=60).returncode == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("rows.xls", "expected pandas.DataFrame, got 'rows.xls', which ends neither in .parquet nor in .csv nor in .json"),
        ("none.csv", "expected pandas.DataFrame, got str 'none.csv', and there is no "),
        ("bad.parquet", "expected pandas.DataFrame, got a file that cannot be read: "),
    ],
)
def test_what_is_no_table_is_told_before_the_run(project: Path, given: str, said: str) -> None:
    ran = execute(project, "run", "one", arguments=["--rows", given])
    assert ran.returncode == 2
    assert f"input 'rows': {said}" in ran.stderr


def test_values_are_left_to_the_task_where_their_library_is_absent(tmp_path: Path) -> None:
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "numpy.py").write_text("raise ModuleNotFoundError(\"No module named 'numpy'\", name='numpy')\n")
    python = make_environment(tmp_path / "environment", tmp_path / "hidden")
    project = write_project(tmp_path, LIGHT)
    ran = execute(project, "run", "one", arguments=["--rows", "[1]"], python=python)
    assert "expected numpy.ndarray, got one that only numpy can read (add numpy to the image)" in ran.stderr
    assert ran.returncode == 1
    assert "Usage" not in ran.stderr
