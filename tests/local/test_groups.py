"""Lists, tuples and dicts that a workflow writes out, on every way of running."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from ways_of_running import WAYS, execute, write_project

FLOW = """
from __future__ import annotations
from dataclasses import dataclass
from typing import Any, Optional
from dagwright import map_task, task, workflow

class Model:
    def __init__(self, weight):
        self.weight = weight

@dataclass
class Point:
    x: int
    y: float

@task
def number(x: int) -> int:
    return x

@task
def point(x: int) -> Point:
    return Point(x, x / 2)

@task
def fit(x: int) -> Model:
    return Model(x)

@task(cache=True, cache_version="1")
def total(xs: list[float]) -> str:
    return repr(xs)

@task(cache=True, cache_version="1")
def mixed(rows: Optional[list[tuple[int, float]]], by: dict[int, Point], any: Any) -> str:
    return f"{rows} {by} {any}"

@task(cache=True, cache_version="1")
def weigh(models: dict[str, Model]) -> list[int]:
    return [model.weight for model in models.values()]

@task
def double(x: float) -> float:
    return 2 * x

@task
def anything(x: int) -> Any:
    return "text"

@workflow
def sub(xs: list[float], pair: tuple[int, Point]) -> tuple[list[float], int, float]:
    return map_task(double)(x=xs), pair[0], pair[1].y

@workflow
def main(n: int = 3) -> tuple[str, str, list[int], list[float], int, float, dict[str, list[int]]]:
    a = number(x=n)
    p = point(x=n)
    doubled, left, right = sub(xs=[a, p.x, 0.5], pair=(n, p))
    text = mixed(rows=[(a, 1), (n, p.y)], by={1: p, 2: Point(1, 2)}, any={"k": [p, (a, None)]})
    models = weigh(models={"a": fit(x=1), "b": fit(x=n)})
    return total(xs=[a, 2, p.y]), text, models, doubled, left, right, {"x": [a, n], "y": []}

@task
def ints(n: int) -> list[int]:
    return [n, 1]

@task
def shown(x: Any) -> str:
    return repr(x)

@workflow
def inner(xs: list[float], by: dict[str, tuple[float, float]]) -> tuple[str, str, str, str]:
    return shown(x=xs[0]), shown(x=by["k"][1]), shown(x=[xs[1], xs]), shown(x=by)

@workflow
def crossing(n: int = 3) -> tuple[list[str], str]:
    a = number(x=n)
    first, second, third, fourth = inner(xs=ints(n=n), by={"k": (n, a)})
    fifth, sixth, seventh, eighth = inner(xs=[a, n], by={"k": (1, 2)})
    return [first, second, third, fourth], shown(x=[fifth, sixth, seventh, eighth])

@workflow
def wrong() -> str:
    return total(xs=[1.0, anything(x=1)])
"""
BY = "{1: Point(x=3, y=1.5), 2: Point(x=1, y=2.0)}"
EXPECTED = [
    "[3.0, 2.0, 1.5]",
    f"[(3, 1.0), (3, 1.5)] {BY} {{'k': [Point(x=3, y=1.5), (3, None)]}}",
    [1, 3],
    [6.0, 6.0, 1.0],
    3,
    1.5,
    {"x": [3, 3], "y": []},
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("groups"), FLOW)


def test_a_python_call_builds_values(project: Path) -> None:
    ended = execute(project, "script", "main")
    assert ended.stdout == f"{tuple(EXPECTED)!r}\n", ended.stderr


@pytest.mark.parametrize("way", ["run", "isolate", "batch"])
def test_every_way_builds_the_same_values_under_the_same_keys(project: Path, way: str) -> None:
    execute(project, "script", "main")
    ended = execute(project, way, "main")
    assert json.loads(ended.stdout or "null") == EXPECTED, ended.stderr
    assert "7 run, 3 cached" in ended.stderr


@pytest.mark.parametrize("way", WAYS)
def test_parts_take_the_types_that_their_whole_crosses(project: Path, way: str) -> None:
    ended = execute(project, way, "crossing")
    values = ast.literal_eval(ended.stdout or "None")
    assert list(values) == [
        ["3.0", "3.0", "[1.0, [3.0, 1.0]]", "{'k': (3.0, 3.0)}"],
        "['3.0', '2.0', '[3.0, [3.0, 3.0]]', \"{'k': (1.0, 2.0)}\"]",
    ], ended.stderr


@pytest.mark.parametrize("way", WAYS)
def test_a_part_of_another_type_fails_the_task_that_takes_it(project: Path, way: str) -> None:
    ended = execute(project, way, "wrong")
    assert ended.returncode
    assert "TypeError: a part of what the workflow builds: expected float, got str" in ended.stderr
