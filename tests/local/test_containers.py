"""Sets, tuples of any length and abstract containers between tasks, on every way of running."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ways_of_running import WAYS, execute, write_project

if TYPE_CHECKING:
    from pathlib import Path

FLOW = """
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import AbstractSet, Any, FrozenSet, Set, Tuple

from dagwright import map_task, task, workflow

SEEN = {"b", "a"}


@dataclass
class Tagged:
    tags: Set[str] = field(default_factory=set)
    history: Tuple[int, ...] = ()


@task
def tag(n: int, seen: Set[str] = SEEN) -> Tagged:
    return Tagged(seen | {str(n)}, (n, n))


@task
def pairs(tagged: list[Tagged]) -> FrozenSet[Tuple[str, int]]:
    return frozenset((name, len(one.history)) for one in tagged for name in one.tags)


@task(cache=True, cache_version="1")
def count(items: Iterable[Any], of: AbstractSet[Tuple[str, int]]) -> Tuple[float, ...]:
    assert type(of) is frozenset
    return float(len(list(items))), len(of)


@task
def total(values: Sequence[float], weights: Mapping[str, int], bare: set, rest: tuple) -> Tuple:
    return (type(values).__name__, sum(values) * weights["w"], sorted(bare), *rest)


@workflow
def main(ns: Sequence[int] = (1, 2)) -> Tuple:
    found = pairs(tagged=map_task(tag)(n=[1, 2]))
    return total(values=count(items=ns, of=found), weights={"w": 2}, bare={2, 1, 2}, rest=("x", {3}))


@task
def one() -> int:
    return 1


@task
def described(pair: tuple[float, ...], items: Sequence[int]) -> str:
    return f"{pair} {items}"


@workflow
def built(n: int = 5) -> tuple[str, str]:
    return described(pair=(n, one(), 2), items=[one(), n]), described(pair=(), items=(n,))


@task
def give(many: bool) -> tuple[int, ...]:
    return (1, 2, 3) if many else (1,)


@task
def take(pair: tuple[int, int]) -> int:
    return sum(pair)


@workflow
def too_many() -> int:
    return take(pair=give(many=True))


@task
def keep(n: int) -> set[str]:
    return [str(n)]


@workflow
def no_set() -> set[str]:
    return keep(n=1)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("project"), FLOW)


@pytest.mark.parametrize("way", WAYS)
def test_containers_arrive_as_what_they_were(project: Path, way: str) -> None:
    done = execute(project, way, "main")
    shown = "('tuple', 12.0, [1, 2], 'x', {3})" if way == "script" else '["tuple", 12.0, [1, 2], "x", [3]]'
    assert (done.returncode, done.stdout.strip()) == (0, shown), done.stderr


@pytest.mark.parametrize("way", WAYS)
def test_tuples_of_results_are_as_long_as_they_are_written(project: Path, way: str) -> None:
    done = execute(project, way, "built")
    one, other = "(5.0, 1.0, 2.0) [1, 5]", "() (5,)"
    shown = repr((one, other)) if way == "script" else f'["{one}", "{other}"]'
    assert (done.returncode, done.stdout.strip()) == (0, shown), done.stderr


@pytest.mark.parametrize("way", WAYS)
def test_a_tuple_of_another_length_is_no_pair(project: Path, way: str) -> None:
    done = execute(project, way, "too_many")
    assert done.returncode != 0
    assert "expected tuple[int, int], got tuple of 3 items" in done.stdout + done.stderr


@pytest.mark.parametrize("way", WAYS)
def test_a_list_is_no_set(project: Path, way: str) -> None:
    done = execute(project, way, "no_set")
    assert done.returncode != 0
    assert "expected set[str], got list of 1 item (write set(...))" in done.stdout + done.stderr
