"""Maps with more elements than pods: the same results, keys, retries and losses as with a pod each, on every way of running."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ways_of_running import WAYS, execute, write_project

FLOW = """
from __future__ import annotations
import os, signal, time
from functools import partial
from pathlib import Path
from typing import Optional
from dagwright import RecoverableError, current_context, map_task, task, workflow

@task
def numbers(n: int) -> list[int]:
    return list(range(n))

@task(cache=True, cache_version="1")
def square(x: int, plus: list[int]) -> int:
    return x * x + plus[0]

@task
def half(x: int) -> float:
    return x / 2

@task
def total(xs: list[float], fourth: int) -> float:
    return sum(xs) + fourth

@workflow
def main(n: int = 10) -> tuple[float, list[int]]:
    squares = map_task(partial(square, plus=[1]))(x=numbers(n=n))
    return total(xs=map_task(half)(x=squares), fourth=squares[4]), squares[7:]

@task(retries=1, timeout=1)
def rough(x: int) -> int:
    if x == 2:
        raise ValueError("two")
    if x == 3:
        os._exit(3)
    if x == 5:
        time.sleep(20)
    if x == 7:
        os.kill(os.getpid(), signal.SIGSEGV)
    if x == 8 and tried_again(x) or x == 9:
        raise RecoverableError("once more")
    return x

def tried_again(x: int) -> bool:
    marks = Path(__file__).parent / "marks"
    marks.mkdir(exist_ok=True)
    mark = marks / f"{os.environ.get('DAGWRIGHT_RUN', 'run')}-{x}"
    if mark.exists():
        return False
    mark.touch()
    return True

@task
def show(xs: list[Optional[int]]) -> str:
    return str(xs)

@workflow
def lossy() -> str:
    return show(xs=map_task(rough, min_success_ratio=0.5)(x=[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))

@workflow
def too_lossy() -> str:
    return show(xs=map_task(rough, min_success_ratio=0.6)(x=[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))

@workflow
def strict() -> list[int]:
    return map_task(rough)(x=[0, 1, 2, 3])

@task
def place(x: int) -> Optional[str]:
    return current_context().execution_id.name and str(x)

@workflow
def empty() -> list[Optional[str]]:
    return map_task(place)(x=numbers(n=0))
"""
EXPECTED = [164.5, [50, 65, 82]]
LOST = {
    2: "ValueError: two",
    3: "exit status 3",
    5: "longer than its timeout of 1 s",
    7: "SIGSEGV",
    9: "once more",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_project(tmp_path_factory.mktemp("chunks"), FLOW)
    (folder / "pyproject.toml").write_text("[tool.dagwright]\nmap_pods = 3\n")
    return folder


@pytest.mark.parametrize("way", ["run", "isolate", "batch"])
def test_chunks_give_what_a_python_call_gives_under_the_same_keys(project: Path, way: str) -> None:
    called = execute(project, "script", "main")
    assert called.stdout == f"{tuple(EXPECTED)!r}\n", called.stderr
    ended = execute(project, way, "main")
    assert json.loads(ended.stdout or "null") == EXPECTED, ended.stderr
    assert "12 run, 10 cached, 0 retried, 0 failed" in ended.stderr


@pytest.mark.parametrize("way", ["run", "isolate"])
def test_an_element_takes_no_other_along(project: Path, way: str) -> None:
    ended = execute(project, way, "lossy")
    assert json.loads(ended.stdout or "null") == "[0, 1, None, None, 4, None, 6, None, 8, None]", ended.stderr
    for index, why in LOST.items():
        line = next(line for line in ended.stderr.splitlines() if line.startswith(f"dagwright: rough[{index}] x={index}: "))
        assert why in line
    assert "6 run, 0 cached, 0 retried, 0 failed, 5 lost" in ended.stderr


@pytest.mark.parametrize("way", ["run", "isolate"])
def test_losses_of_all_chunks_count_together(project: Path, way: str) -> None:
    ended = execute(project, way, "too_lossy")
    assert ended.returncode == 1
    assert "5 of the 10 elements of rough failed, and at most 4 may (min_success_ratio=0.6)" in ended.stderr


@pytest.mark.parametrize("way", ["run", "isolate"])
def test_a_failure_names_its_element(project: Path, way: str) -> None:
    ended = execute(project, way, "strict")
    assert ended.returncode == 1
    assert "rough[2] x=2 failed" in ended.stderr
    assert "ValueError: two" in ended.stderr


@pytest.mark.parametrize("way", WAYS)
def test_a_map_over_nothing_has_no_pod(project: Path, way: str) -> None:
    ended = execute(project, way, "empty")
    assert json.loads(ended.stdout or "null") == [], ended.stderr
