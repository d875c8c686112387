"""Decorators that a project builds from ours mean the same on every way of running."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ways_of_running import WAYS, execute, write_project

if TYPE_CHECKING:
    from pathlib import Path

TOOLS = """\
import functools
from dagwright import task

retried = functools.partial(task, retries=2)


def patient(function, seconds=30):
    return task(function, timeout=seconds)


def many(**keywords):
    def inner(function):
        return retried(function, **keywords)

    return inner


def plain(x: int) -> int:
    return x + 1000
"""
FLOW = """\
import pathlib

import tools
from dagwright import RecoverableError, map_task, task, workflow
from tools import many, patient, retried


@retried
def one(x: int, folder: str) -> int:
    tries = pathlib.Path(folder)
    number = len(list(tries.glob("try-*")))
    (tries / f"try-{number}").touch()
    if number < 2:
        raise RecoverableError(f"try {number}")
    return x + 1


@patient
def ten(x: int) -> int:
    return x + 10


@many(cache=True, cache_version="1")
def hundred(x: int) -> int:
    return x + 100


thousand = task(tools.plain)


def last(x: int) -> int:
    return x + 10000


lasting = retried(last, retries=0)


def steps(folder: str = "FOLDER") -> list[int]:
    return map_task(lasting)(x=[thousand(x=hundred(x=ten(x=one(x=0, folder=folder))))])


named = workflow(steps)


def called():
    return named(), thousand(1), lasting(x=2), ten(3), hundred(4), thousand.__module__
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "tools.py").write_text(TOOLS, "utf-8")
    project: Path = write_project(tmp_path, FLOW.replace("FOLDER", str(tmp_path)))
    return project


@pytest.mark.parametrize("way", WAYS)
def test_tasks_of_every_form_run(project: Path, way: str) -> None:
    done = execute(project, way, "named" if way == "script" else "steps")
    assert done.returncode == 0, done.stderr
    assert "11111" in done.stdout
    assert len(list(project.glob("try-*"))) == 3


def test_python_calls_them_by_the_names_that_stand_for_them(project: Path) -> None:
    done = execute(project, "script", "called")
    assert done.stdout == "([11111], 1001, 10002, 13, 104, '__main__')\n", done.stderr
