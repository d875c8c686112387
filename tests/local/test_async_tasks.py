"""Async tasks give the same on every way of running, and are awaited where Python calls them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from interpreters import oldest
from ways_of_running import WAYS, execute, write_project

import dagwright

FLOW = """\
import asyncio
import contextvars
import pathlib

from dagwright import RecoverableError, current_context, map_task, task, workflow

MARK = pathlib.Path(__file__).with_suffix(".mark")


async def later(value: int) -> int:
    await asyncio.sleep(0)
    return value


def logged(function):
    from functools import wraps

    @wraps(function)
    def inner(*arguments, **keywords):
        return function(*arguments, **keywords)

    return inner


@task
async def double(x: int) -> float:
    return 2 * await later(x)


@task
@logged
async def beneath(x: int) -> int:
    return await later(x)


@task(timeout=20)
async def several(n: int) -> list[int]:
    return list(await asyncio.gather(*(later(i) for i in range(n))))


@task
async def named() -> str:
    return current_context().task_id.name


@task
async def silent(x: int) -> None:
    await later(x)


@workflow
def everything(n: int = 3) -> tuple[list[float], int, str]:
    silent(x=n) >> several(n=n)
    return map_task(double)(x=several(n=n)), beneath(x=n), named()


@task
async def broken(x: int) -> int:
    try:
        await inner(x)
    finally:
        print("cleaned up")


async def inner(x: int) -> int:
    await later(x)
    raise ValueError("no such page")


@workflow
def failing() -> int:
    return broken(x=1)


@task(retries=1)
async def second_time(folder: str) -> int:
    mark = pathlib.Path(folder) / "mark"
    if not mark.exists():
        mark.touch()
        raise RecoverableError("not yet")
    return 2


@workflow
def retried(folder: str = "FOLDER") -> int:
    return second_time(folder=folder)


@task(timeout=1)
async def endless() -> int:
    await asyncio.sleep(60)
    return 1


@workflow
def late() -> int:
    return endless()
"""
DRIVEN = """
async def drive():
    both = await asyncio.gather(double(2), double(x=3))
    return both, everything(), beneath(7), map_task(double)(x=[1])


def driven():
    print(asyncio.run(double(5)), map_task(double)(x=[4]))
    return asyncio.run(drive())


def cause():
    try:
        asyncio.run(broken(1))
    except ValueError as error:
        import traceback
        return [frame.name for frame in traceback.extract_tb(error.__traceback__)]


def unfit():
    try:
        asyncio.run(double("two"))
    except TypeError as error:
        return str(error)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made: Path = write_project(tmp_path, FLOW.replace("FOLDER", str(tmp_path)) + DRIVEN)
    return made


@pytest.mark.parametrize("way", WAYS)
def test_a_workflow_of_async_tasks_gives_its_values(project: Path, way: str) -> None:
    done = execute(project, way, "everything")
    assert done.returncode == 0, done.stderr
    printed = done.stdout.replace("'", '"').replace("(", "[")
    for part in ("0.0, 2.0, 4.0", "3", "flow.named"):
        assert part in " ".join(printed.split())


@pytest.mark.parametrize("way", WAYS)
def test_an_error_shows_the_frames_of_the_task_and_not_those_of_the_loop(project: Path, way: str) -> None:
    done = execute(project, way, "failing")
    assert done.returncode != 0
    assert "ValueError: no such page" in done.stderr
    assert "in broken" in done.stderr
    assert "in inner" in done.stderr
    assert "asyncio" not in done.stderr
    assert "cleaned up" in done.stdout + done.stderr


@pytest.mark.parametrize("way", WAYS)
def test_a_recoverable_error_is_tried_again(project: Path, way: str) -> None:
    done = execute(project, way, "retried")
    assert done.returncode == 0, done.stderr
    assert (project / "mark").exists()


@pytest.mark.parametrize("way", WAYS)
def test_a_timeout_ends_what_never_returns(project: Path, way: str) -> None:
    done = execute(project, way, "late")
    assert done.returncode != 0
    assert "timeout of 1 s" in done.stderr


def test_python_awaits_async_tasks_also_where_a_loop_runs(project: Path) -> None:
    done = execute(project, "script", "driven")
    assert done.stdout.splitlines() == [
        "10.0 [8.0]",
        "([4.0, 6.0], ([0.0, 2.0, 4.0], 3, 'flow.named'), 7, [2.0])",
    ], done.stderr


def test_an_awaited_task_raises_with_its_own_frames(project: Path) -> None:
    done = execute(project, "script", "cause")
    assert "'broken', 'inner'" in done.stdout, done.stderr


def test_an_awaited_task_refuses_what_does_not_fit(project: Path) -> None:
    done = execute(project, "script", "unfit")
    assert "input 'x'" in done.stdout, done.stderr


def test_a_body_awaits_other_async_tasks_with_types_checked(tmp_path: Path) -> None:
    flow = """\
from dagwright import task, workflow


@task
async def one() -> int:
    return 1


@task
async def wrong() -> int:
    return "1"  # type: ignore


@task
async def outer(good: bool) -> int:
    return 1 + await (one() if good else wrong())


@workflow
def good() -> int:
    return outer(good=True)


@workflow
def bad() -> int:
    return outer(good=False)
"""
    project = write_project(tmp_path, flow)
    assert execute(project, "script", "good").stdout == "2\n"
    assert "the result is str, declared int" in execute(project, "run", "bad").stderr


def test_an_older_interpreter_runs_coroutines() -> None:
    code = """\
from dagwright.authoring.coroutines import finished

async def value(x):
    return x

assert finished(value(3)) == 3
assert finished(4) == 4

async def outer():
    return finished(value(5))

assert finished(outer()) == 5
"""
    runtime = Path(dagwright.__file__).parents[1]
    done = subprocess.run([oldest(), "-c", code], env={"PYTHONPATH": str(runtime)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
