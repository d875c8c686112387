"""A class of a library that pickle cannot carry, with a codec that another distribution registers, on every way of running."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from distributions import install
from environments import make_environment
from ways_of_running import WAYS, execute, write_project

if TYPE_CHECKING:
    from pathlib import Path

FLOW = """
from typing import Optional

import geo
from geo import Grid

from dagwright import map_task, task, workflow


@task
def make(size: int) -> Grid:
    return Grid(list(range(size)))


@task
def turn(grid: Grid) -> Optional[geo.Grid]:
    return Grid(grid.cells[::-1])


@task(cache=True, cache_version="1")
def show(grids: list[Grid], turned: Optional[Grid]) -> str:
    print("shown")
    return f"{[grid.cells for grid in grids]} {turned.cells}"


@workflow
def main() -> str:
    return show(grids=map_task(make)(size=[1, 2]), turned=turn(grid=make(size=3)))


@task
def plain() -> int:
    import sys

    assert "geo_codecs" not in sys.modules
    return 1


@workflow
def without() -> int:
    return plain()
"""
GEO = """
class Grid:
    def __init__(self, cells):
        self.cells = cells
    def __reduce__(self):
        raise TypeError("a Grid holds a handle")
"""
CODECS = """
import json
from dagwright import ValueCodec
from geo import Grid

class GridCodec(ValueCodec[Grid]):
    format = "grid/1"
    def encode(self, value):
        return json.dumps(value.cells).encode()
    def decode(self, content):
        return Grid(json.loads(content))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = write_project(tmp_path_factory.mktemp("project"), FLOW)
    (made / "pyproject.toml").write_text('[tool.dagwright]\npickle = "deny"\n', "utf-8")
    return made


def _environment(folder: Path, *, with_codecs: bool) -> Path:
    site = install(folder / "site", "geo", {"geo": GEO}, {})
    if with_codecs:
        install(site, "geo-dagwright", {"geo_codecs": CODECS}, {"geo.Grid": "geo_codecs:GridCodec"})
    return make_environment(folder / "environment", site)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _environment(tmp_path_factory.mktemp("image"), with_codecs=True)


@pytest.mark.parametrize("way", WAYS)
def test_it_arrives_everywhere_where_nothing_may_be_pickled(project: Path, python: Path, way: str) -> None:
    ran = execute(project, way, "main", python=python)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.replace("shown\n", "").strip().strip("\"'") == "[[0], [0, 1]] [2, 1, 0]"


def test_one_entry_serves_every_way_of_running(project: Path, python: Path) -> None:
    texts = [execute(project, way, "main", python=python) for way in WAYS]
    assert [text.returncode for text in texts] == [0] * len(WAYS)
    assert sum("shown" in text.stdout + text.stderr for text in texts[1:]) == 0


@pytest.mark.parametrize("way", WAYS)
def test_it_is_not_loaded_where_its_class_is_not_used(project: Path, python: Path, way: str) -> None:
    ran = execute(project, way, "without", python=python)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("way", WAYS)
def test_without_it_the_settings_decide(project: Path, tmp_path: Path, way: str) -> None:
    ran = execute(project, way, "main", python=_environment(tmp_path, with_codecs=False))
    assert ran.returncode != 0
    assert 'got one of geo.Grid (allow it with pickle = ["geo.Grid"] in [tool.dagwright])' in ran.stderr
