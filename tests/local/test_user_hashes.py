"""``HashMethod``: consumers are cached by what the user's function says of a value, on every way of running."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, Any

import pytest
from ways_of_running import STAND_IN, execute, write_project

if TYPE_CHECKING:
    from pathlib import Path

FLOW = """
from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Annotated, Dict, List, NamedTuple, Optional, Tuple

from flytekit import HashMethod, map_task, task, workflow


@dataclass
class Rows:
    values: List[float]


def count(rows: Rows) -> str:
    return str(len(rows.values))


Counted = Annotated[Rows, HashMethod(count)]
BY_COUNT = HashMethod(count)


class Out(NamedTuple):
    counted: Annotated[Rows, BY_COUNT]
    n: int


@task
def make(n: int) -> Counted:
    return Rows([random.random() for _ in range(n)])


@task
def named(n: int) -> Out:
    return Out(Rows([random.random() for _ in range(n)]), n)


@task
def pair(n: int) -> Tuple[int, Optional[Counted]]:
    return n, Rows([random.random() for _ in range(n)])


@task
def many(n: int) -> List[Counted]:
    return [Rows([random.random()] * i) for i in range(n)]


@task
def plain(n: int) -> Rows:
    return Rows([random.random() for _ in range(n)])


@task(cache=True, cache_version="1")
def use(rows: Optional[Rows]) -> float:
    return random.random()


@task(cache=True, cache_version="1")
def use_list(rows: List[Rows]) -> float:
    return random.random()


@task(cache=True, cache_version="1")
def use_dict(rows: Dict[str, Rows]) -> float:
    return random.random()


@workflow
def inner(rows: Optional[Rows]) -> float:
    return use(rows=rows)


@workflow
def cached() -> Tuple[float, float, float, float, float, float, float, List[float], float]:
    made = make(n=3)
    _, second = pair(n=5)
    return (
        use(rows=made),
        use(rows=named(n=4).counted),
        use(rows=second),
        use_list(rows=map_task(make)(n=[6, 7])),
        use_list(rows=[made, make(n=8)]),
        use_list(rows=many(n=3)),
        use_dict(rows={"a": made, "b": make(n=9)}),
        map_task(use)(rows=many(n=4)),
        inner(rows=made),
    )


@workflow
def uncached() -> Tuple[float, float]:
    return use(rows=plain(n=3)), use_list(rows=[make(n=1), plain(n=2)])


def wrong(rows: Rows) -> int:
    return 3


@task
def counted_wrongly() -> Annotated[Rows, HashMethod(wrong)]:
    return Rows([])


@workflow
def failing() -> Rows:
    return counted_wrongly()
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("project"), FLOW)


def _outputs(project: Path, way: str, workflow: str) -> list[Any]:
    done = execute(project, way, workflow, ways=STAND_IN)
    assert done.returncode == 0, done.stderr
    found: list[Any] = list(ast.literal_eval(done.stdout)) if way == "script" else json.loads(done.stdout)
    return found


def test_every_way_finds_what_another_way_cached(project: Path) -> None:
    first = _outputs(project, "script", "cached")
    assert first[8] == first[0]
    assert {way: _outputs(project, way, "cached") for way in STAND_IN} == dict.fromkeys(STAND_IN, first)


@pytest.mark.parametrize("way", STAND_IN)
def test_a_value_without_a_hash_counts_itself(project: Path, way: str) -> None:
    before, after = _outputs(project, way, "uncached"), _outputs(project, way, "uncached")
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, False]


@pytest.mark.parametrize("way", STAND_IN)
def test_a_hash_is_text(project: Path, way: str) -> None:
    done = execute(project, way, "failing", ways=STAND_IN)
    assert done.returncode != 0
    assert "TypeError: a HashMethod gives text, not int" in done.stdout + done.stderr
