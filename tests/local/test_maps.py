"""Maps over several lists and with bound values, on every way of running."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from ways_of_running import WAYS, execute, write_project

FLOW = """
from __future__ import annotations
from functools import partial
from typing import Any
from dagwright import map_task, task, workflow

@task
def numbers(n: int) -> list[int]:
    return list(range(n))

@task(cache=True, cache_version="1")
def double(x: int) -> int:
    return 2 * x

@task(cache=True, cache_version="1")
def combine(x: int, y: float, name: str, table: list[int]) -> str:
    return f"{x} {y!r} {name} {table}"

@task
def count(lines: list[str]) -> int:
    return len(lines)

@workflow
def main(n: int = 3, xs: list[int] = [5, 6, 7], name: str = "n") -> tuple[list[str], list[str], int, list[str]]:
    made = numbers(n=n)
    bound = partial(combine, name=name, table=made)
    first = map_task(bound)(x=made, y=xs)
    second = map_task(bound, concurrency=2)(x=map_task(double)(x=made), y=[n, 1.5, n], name="other")
    third = map_task(partial(bound, table=[1]))(x=xs, y=map_task(double)(x=xs))
    return first, second, count(lines=third), third

@workflow
def unequal(n: int = 3, xs: list[int] = [1, 2]) -> int:
    return count(lines=map_task(partial(combine, name="a", table=[]))(x=numbers(n=n), y=xs))

@workflow
def nothing_beside_something(xs: list[int] = [1]) -> int:
    return count(lines=map_task(partial(combine, name="a", table=[]))(x=numbers(n=0), y=xs))

@workflow
def lists_of_two_tasks(n: int = 3) -> list[str]:
    mapped = map_task(partial(combine, name="two", table=[]))
    return mapped(x=numbers(n=n), y=numbers(n=5)[:3])

@workflow
def nothing_beside_what_a_task_made(n: int = 1) -> int:
    return count(lines=map_task(partial(combine, name="a", table=[]))(x=numbers(n=0), y=numbers(n=n)))

@task
def anything(x: int) -> Any:
    return {"list": [x, "a"], "text": "text"}

@task
def told(x: Any) -> str:
    return repr(x)

@workflow
def of_any_type(n: int = 3) -> tuple[list[str], list[str]]:
    return map_task(told)(x=anything(x=n)["list"]), map_task(told)(x=returned(x=n))

@task
def returned(x: int) -> Any:
    return [x, None]

@workflow
def over_no_list(n: int = 3) -> list[str]:
    return map_task(told)(x=anything(x=n))

@workflow
def over_no_list_within(n: int = 3) -> list[str]:
    return map_task(told)(x=anything(x=n)["text"])
"""
EXPECTED = [
    ["0 5.0 n [0, 1, 2]", "1 6.0 n [0, 1, 2]", "2 7.0 n [0, 1, 2]"],
    ["0 3.0 other [0, 1, 2]", "2 1.5 other [0, 1, 2]", "4 3.0 other [0, 1, 2]"],
    3,
    ["5 10.0 n [1]", "6 12.0 n [1]", "7 14.0 n [1]"],
]
DIFFER = "a map of flow.combine runs over lists of one length, but 'x' has {} and 'y' has {}"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("maps"), FLOW)


def test_a_python_call_maps_over_several_lists(project: Path) -> None:
    ended = execute(project, "script", "main")
    assert ended.stdout == f"{tuple(EXPECTED)!r}\n", ended.stderr


@pytest.mark.parametrize("way", ["run", "isolate", "batch"])
def test_every_way_maps_alike_under_the_same_keys(project: Path, way: str) -> None:
    execute(project, "script", "main")
    ended = execute(project, way, "main")
    assert json.loads(ended.stdout or "null") == EXPECTED, ended.stderr
    assert "2 run, 15 cached" in ended.stderr


@pytest.mark.parametrize("way", WAYS)
def test_lists_of_two_tasks_run_side_by_side(project: Path, way: str) -> None:
    ended = execute(project, way, "lists_of_two_tasks")
    found = ast.literal_eval(ended.stdout) if way == "script" else json.loads(ended.stdout or "[]")
    assert found == ["0 0.0 two []", "1 1.0 two []", "2 2.0 two []"], ended.stderr


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("workflow", "lengths"),
    [
        ("unequal", ("3 elements", "2 elements")),
        ("nothing_beside_something", ("0 elements", "1 element")),
        ("nothing_beside_what_a_task_made", ("0 elements", "1 element")),
    ],
)
def test_lists_of_unequal_length_fail_with_both_lengths(project: Path, way: str, workflow: str, lengths: tuple[str, str]) -> None:
    ended = execute(project, way, workflow)
    assert ended.returncode
    assert DIFFER.format(*lengths) in ended.stderr


@pytest.mark.parametrize("way", WAYS)
def test_what_a_run_shows_to_be_a_list_is_mapped(project: Path, way: str) -> None:
    ended = execute(project, way, "of_any_type")
    found = ast.literal_eval(ended.stdout) if way == "script" else tuple(json.loads(ended.stdout or "[]"))
    assert found == (["3", "'a'"], ["3", "None"]), ended.stderr


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("workflow", ["over_no_list", "over_no_list_within"])
def test_what_a_run_shows_to_be_no_list_is_the_users_failure(project: Path, way: str, workflow: str) -> None:
    ended = execute(project, way, workflow)
    assert ended.returncode
    assert "a map of flow.told runs over a list, and what it is given for 'x' is none" in ended.stderr
    assert "please report" not in ended.stderr
