"""Loops, branches and functions of a workflow's body give the same on every way of running."""

from __future__ import annotations

import json
from ast import literal_eval
from typing import TYPE_CHECKING

import pytest
from ways_of_running import WAYS, execute, write_project

if TYPE_CHECKING:
    from pathlib import Path

FLOW = """
from enum import Enum

from dagwright import map_task, task, workflow

STEPS = {"b": 2, "a": 1}


class Level(Enum):
    LOW = "low"
    HIGH = "high"


@task
def scaled(x: int, by: int = 10) -> int:
    return x * by


@task
def joined(parts: list[int], names: dict[str, int], level: str) -> str:
    return f"{level}:{parts}:{sorted(names.items())}"


def chained(x, times, /, *, by=2):
    for _ in range(times):
        x = scaled(x=x, by=by)
    return x


@workflow
def main(n: int = 3) -> list[str]:
    parts, by_name = [], {}
    for name, step in STEPS.items():
        made = chained(n, step)
        by_name[name] = made
        parts.insert(0, made)
    parts += [scaled(x=value) for value in parts if value is not None]
    found = []
    for level in Level:
        match level.value:
            case "low":
                kept = parts[:1]
            case _:
                kept = parts
        found.append(joined(parts=kept, names=by_name, level=level.value))
    many = map_task(scaled)(x=sorted(STEPS.values()))
    by_name.clear()
    found.append(joined(parts=many, names=by_name, level=f"{len(found)}"))
    return found
"""


@pytest.mark.parametrize("way", WAYS)
def test_a_body_means_the_same_everywhere(tmp_path: Path, way: str) -> None:
    done = execute(write_project(tmp_path, FLOW), way, "main")
    assert done.returncode == 0, done.stderr
    read = literal_eval if way == "script" else json.loads
    names = "[('a', 6), ('b', 12)]"
    assert read(done.stdout) == [f"low:[6]:{names}", f"high:[6, 12, 60, 120]:{names}", "2:[10, 20]:[]"]
