"""Maps that may lose elements, on every way of running."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from ways_of_running import WAYS, execute, write_project

FLOW = """
from __future__ import annotations
from functools import partial
from typing import List, Optional
from dagwright import TaskMetadata, map_task, task, workflow

@task
def numbers(n: int) -> List[int]:
    return list(range(n))

@task
def picky(x: int, bad: List[int]) -> int:
    if x in bad:
        raise ValueError(f"{x} is bad")
    return 10 * x

@task
def maybe(x: int) -> Optional[int]:
    if x % 3 == 0:
        raise ValueError(f"{x} is bad")
    return None if x % 3 == 1 else x

@task
def silent(x: int, bad: List[int]) -> None:
    if x in bad:
        raise ValueError(f"{x} is bad")

@task
def keep(xs: List[Optional[int]]) -> List[int]:
    return [x for x in xs if x is not None]

@task
def told(x: Optional[int]) -> str:
    return repr(x)

@task
def short(text: str) -> str:
    if len(text) > 1:
        raise ValueError(text)
    return text

@task
def count(xs: List[Optional[str]]) -> int:
    return len(xs)

robust = map_task(partial(picky, bad=[1, 3]), min_success_ratio=0.5)

@workflow
def half(n: int = 4) -> tuple[List[Optional[int]], List[int], List[str], Optional[int], List[Optional[int]]]:
    got = robust(x=numbers(n=n))
    return got, keep(xs=got), map_task(told)(x=got), got[1], got[1:3]

@workflow
def none_lost(n: int = 1) -> List[Optional[int]]:
    return robust(x=numbers(n=n))

@workflow
def empty(n: int = 0) -> List[Optional[int]]:
    return robust(x=numbers(n=n))

@workflow
def all_may_fail(n: int = 2) -> List[Optional[int]]:
    return map_task(partial(picky, bad=[0, 1]), min_success_ratio=0)(x=numbers(n=n))

@workflow
def by_count(xs: List[int] = [1, 2, 3]) -> List[Optional[int]]:
    return map_task(partial(picky, bad=[1, 3]), min_successes=1)(x=xs)

@workflow
def optional_results(n: int = 6) -> List[Optional[int]]:
    return map_task(maybe, min_success_ratio=0.6)(x=numbers(n=n))

@workflow
def no_results(n: int = 4) -> None:
    map_task(partial(silent, bad=[1]), min_success_ratio=0.7)(x=numbers(n=n))

@workflow
def one_after_the_other(n: int = 5) -> int:
    first = map_task(told)(x=robust(x=numbers(n=n)))
    return count(xs=map_task(short, min_success_ratio=0)(text=first))

@workflow
def of_a_constant() -> List[Optional[int]]:
    return map_task(partial(picky, bad=[7]), min_successes=1)(x=[7, 8])

@workflow
def retried(n: int = 3) -> List[Optional[int]]:
    return map_task(partial(picky, bad=[1]), min_success_ratio=0.5, metadata=TaskMetadata(retries=1))(x=numbers(n=n))

@workflow
def everything() -> tuple[
    List[Optional[int]], List[int], List[str], Optional[int], List[Optional[int]],
    List[Optional[int]], List[Optional[int]], List[Optional[int]], List[Optional[int]], List[Optional[int]],
    int, List[Optional[int]], List[Optional[int]],
]:
    got, kept, texts, second, middle = half(n=4)
    no_results(n=4)
    return (
        got, kept, texts, second, middle,
        none_lost(n=1), empty(n=0), all_may_fail(n=2), by_count(xs=[1, 2, 3]), optional_results(n=6),
        one_after_the_other(n=5), of_a_constant(), retried(n=3),
    )

@workflow
def too_many(n: int = 4) -> List[Optional[int]]:
    return map_task(partial(picky, bad=[0, 1, 3]), min_success_ratio=0.5)(x=numbers(n=n))

@workflow
def too_few(n: int = 3) -> List[Optional[int]]:
    return map_task(partial(picky, bad=[1]), min_successes=3)(x=numbers(n=n))
"""
EXPECTED = [
    *([0, None, 20, None], [0, 20], ["0", "None", "20", "None"], None, [None, 20]),
    *([0], [], [None, None], [None, 20, None], [None, None, 2, None, None, 5]),
    *(5, [None, 80], [0, None, 20]),
]
FAILURES = {
    "too_many": [
        "3 of the 4 elements of picky failed, and at most 2 may (min_success_ratio=0.5)",
        "[0] x=0: ValueError: 0 is bad",
    ],
    "too_few": ["1 of the 3 elements of picky failed, and none may (min_successes=3)", "[1] x=1: ValueError: 1 is bad"],
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("ratios"), FLOW)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_gives_none_for_lost_elements(project: Path, way: str) -> None:
    ended = execute(project, way, "everything")
    found = ast.literal_eval(ended.stdout) if way == "script" else tuple(json.loads(ended.stdout or "[]"))
    assert found == tuple(EXPECTED), ended.stderr
    assert "picky[1]" in ended.stderr


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("workflow", FAILURES)
def test_a_map_that_loses_too_many_fails_and_says_how_many(project: Path, way: str, workflow: str) -> None:
    ended = execute(project, way, workflow)
    assert ended.returncode
    if way != "script" or workflow == "too_few":
        for part in FAILURES[workflow]:
            assert part in ended.stderr, ended.stderr


KILLED = """
from __future__ import annotations
import os
from typing import List, Optional
from dagwright import map_task, task, workflow

@task
def fragile(x: int) -> int:
    if x % 2:
        os.kill(os.getpid(), 9)
    return x

@task
def show(xs: List[Optional[int]]) -> str:
    return str(xs)

@workflow
def some() -> str:
    return show(xs=map_task(fragile, min_success_ratio=0.5)(x=[0, 1, 2, 3]))

@workflow
def most() -> str:
    return show(xs=map_task(fragile, min_success_ratio=0.7)(x=[0, 1, 2, 3]))
"""


@pytest.mark.parametrize("pods", ["", "map_pods = 2"], ids=["alone", "chunks"])
@pytest.mark.parametrize("way", ["run", "isolate"])
def test_elements_whose_processes_the_system_kills_are_lost_when_its_patience_is_over(
    tmp_path: Path, way: str, pods: str
) -> None:
    write_project(tmp_path, KILLED)
    (tmp_path / "pyproject.toml").write_text(f"[tool.dagwright]\n{pods}\n")
    ended = execute(tmp_path, way, "some")
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == "[0, None, 2, None]"
    assert re.search(r"fragile\[3\]: the task's process was killed by SIGKILL.*; its place in the list holds None", ended.stderr)
    assert "6 retried, 0 failed, 2 lost" in ended.stderr
    ended = execute(tmp_path, way, "most")
    assert ended.returncode == 1
    assert "2 of the 4 elements of fragile failed, and at most 1 may (min_success_ratio=0.7)" in ended.stderr
