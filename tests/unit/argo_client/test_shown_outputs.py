"""Outputs of a run on a cluster are shown as those of a run on this machine, though nobody imports the user's classes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dagwright.execution.plan_view import ProgramView
from dagwright_argo_client.results import Results
from dagwright_argo_client.runs import Run

FLOW = """\
from collections import namedtuple
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import NamedTuple

from dagwright import task, workflow


class State(Enum):
    ONLY_BANK = "not in the ledger"
    AGREED = "in both"


@dataclass(frozen=True)
class Line:
    day: date
    texts: tuple[str, ...] = ()


@dataclass
class Page:
    states: dict[State, list[Line]]
    lines: list[Line] = field(default_factory=list)


class Pair(NamedTuple):
    line: Line
    state: State


LINE = Line(date(2026, 11, 30), ("a", "b"))


@task
def by_state() -> dict[State, list[str]]:
    return {State.AGREED: ["x"], State.ONLY_BANK: []}

@task
def by_day() -> dict[date, int]:
    return {date(2026, 11, 30): 1}

@task
def by_line() -> dict[Line, int]:
    return {LINE: 1}

@task
def page() -> Page:
    return Page({State.ONLY_BANK: [LINE]}, [LINE])

@task
def pair() -> Pair:
    return Pair(LINE, State.AGREED)

@task
def states() -> list[State]:
    return [State.AGREED, State.ONLY_BANK]

@task
def lines() -> set[Line]:
    return {LINE}
"""
TASKS = ("by_state", "by_day", "by_line", "page", "pair", "states", "lines")
COMMAND = str(Path(sys.executable).with_name("dagwright"))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shown")
    (folder / "pyproject.toml").touch()
    (folder / "flow.py").write_text(FLOW, "utf-8")
    return folder


@pytest.mark.parametrize("task", TASKS)
def test_outputs_are_shown_as_a_run_here_prints_them(project: Path, task: str) -> None:
    store = project / f"store-{task}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DAGWRIGHT_")}

    def dagwright(*words: str) -> str:
        done = subprocess.run([COMMAND, *words], cwd=project, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    flow = f"from flow import {task} as wanted\nfrom flow import *\n"
    annotation = FLOW.partition(f"def {task}() -> ")[2].partition(":\n")[0]
    (project / f"{task}_flow.py").write_text(f"{flow}\n\n@workflow\ndef main() -> {annotation}:\n    return wanted()\n", "utf-8")
    printed = dagwright("run", "--store", store.as_uri(), f"{task}_flow.py:main")
    program = ProgramView(json.loads(dagwright("compile", "-t", "ir", f"{task}_flow.py:main")))
    (run,) = (store / "v1/run").iterdir()
    results = Results(Run({"metadata": {"name": "main-x7k2q", "uid": run.name}}), store.as_uri())
    assert results.outputs(program) == json.loads(printed)
