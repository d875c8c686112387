"""Parts of values on every way of running: one answer, and one line where a part is absent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ways_of_running import WAYS, execute, write_project

FLOW = """
from __future__ import annotations
from dataclasses import dataclass
from typing import Any, NamedTuple, Optional
from dagwright import map_task, task, workflow

@dataclass
class Inner:
    name: str
    scores: list[float]

@dataclass
class Outer:
    inner: Inner
    table: dict[int, Inner]
    pair: tuple[int, str]
    maybe: Optional[Inner] = None

class Named(NamedTuple):
    first: Outer
    second: list[int]

@task
def make(n: int) -> Named:
    inner = Inner("in", [float(n), 2.0, 3.0])
    return Named(Outer(inner, {1: inner}, (n, "p"), None), [1, 2, n])

class Sized(NamedTuple):
    size: int
    label: str

@task
def sized(n: int) -> list[Sized]:
    return [Sized(n, "s")]

@task
def anything(n: int) -> Any:
    return {"k": [1, (2, {"z": n})], "nothing": None}

@task(cache=True, cache_version="1")
def text(s: str, n: float, x: float, z: Any) -> str:
    return f"{s} {n!r} {x!r} {z}"

@task(cache=True, cache_version="1")
def half(x: float) -> Inner:
    return Inner(str(x), [x])

@task
def show(x: int) -> str:
    return str(x)

@workflow
def sub(of: Outer, arg: Inner) -> str:
    return text(s=of.inner.name, n=of.pair[0], x=of.table[1].scores[0], z=arg.scores[-1])

@workflow
def main(n: int = 3, arg: Inner = Inner("arg", [9.0, 8.0])) -> tuple[str, str, list[Inner], float, int]:
    made = make(n=n)
    count, label = made.first.pair
    halves = map_task(half)(x=made.first.inner.scores)
    direct = text(s=label, n=made.second[-1], x=halves[1].scores[0], z=anything(n=n)["k"][1][1]["z"])
    return direct, sub(of=made.first, arg=arg), halves, halves[-1].scores[0], count

@workflow
def unpacked(n: int = 3) -> str:
    size, label = sized(n=n)[0]
    return text(s=label, n=size, x=0.5, z=size)

@workflow
def absent(n: int = 3) -> str:
    return show(x=make(n=n).second[5])

@workflow
def absent_of_none(n: int = 3) -> Inner:
    return half(x=anything(n=n)["nothing"]["scores"])

@workflow
def absent_output(n: int = 3) -> Inner:
    return make(n=n).first.table[2]
"""
SECOND = "[5] of the result of 'make': the value has 3 items, so there is no [5]"
NOTHING = "['nothing']['scores'] of the result of 'anything': its part ['nothing'] is None, so there is no ['scores']"
TABLE = "['table'][2] of the result of 'make': its part ['table'] has no key 2; its keys are 1"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("parts"), FLOW)


def test_a_python_call_reads_parts(project: Path) -> None:
    ended = execute(project, "script", "main")
    halves = "[Inner(name='3.0', scores=[3.0]), Inner(name='2.0', scores=[2.0]), Inner(name='3.0', scores=[3.0])]"
    assert ended.stdout == f"('p 3.0 2.0 3', 'in 3.0 3.0 8.0', {halves}, 3.0, 3)\n", ended.stderr


@pytest.mark.parametrize("way", ["run", "isolate", "batch"])
def test_every_way_reads_the_same_parts_under_the_same_keys(project: Path, way: str) -> None:
    execute(project, "script", "main")
    ended = execute(project, way, "main")
    halves = [{"name": str(x), "scores": [x]} for x in (3.0, 2.0, 3.0)]
    assert json.loads(ended.stdout or "null") == ["p 3.0 2.0 3", "in 3.0 3.0 8.0", halves, 3.0, 3], ended.stderr
    assert "2 run, 5 cached" in ended.stderr


@pytest.mark.parametrize("way", WAYS)
def test_a_named_tuple_is_unpacked_into_its_fields(project: Path, way: str) -> None:
    assert "s 3.0 0.5 3" in execute(project, way, "unpacked").stdout


@pytest.mark.parametrize(("workflow", "text"), [("absent", SECOND), ("absent_of_none", NOTHING), ("absent_output", TABLE)])
@pytest.mark.parametrize("way", WAYS)
def test_an_absent_part_is_one_line_everywhere(project: Path, way: str, workflow: str, text: str) -> None:
    ended = execute(project, way, workflow)
    assert ended.returncode
    assert text in ended.stderr
    assert "Error" not in ended.stderr.replace("LookupError", "")
