"""Several outputs of one call passed on as the tuple that they are in Python: one answer on every way of running."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ways_of_running import WAYS, execute, write_project

if TYPE_CHECKING:
    from pathlib import Path

FLOW = """
from __future__ import annotations
from typing import Any, List, NamedTuple, Optional, Tuple
from dagwright import task, workflow

class Split(NamedTuple):
    train: int
    label: str

@task(cache=True, cache_version="1")
def pair(n: int) -> Tuple[int, str]:
    return n, "x" * n

@task
def split(n: int) -> Split:
    return Split(n, "s")

@task(cache=True, cache_version="1")
def length(of: Tuple[float, str]) -> str:
    return repr(of)

@task
def label(of: Split) -> str:
    return f"{of.label}{of.train}"

@task
def either(of: Optional[Split], other: Optional[Tuple[int, str]] = None) -> str:
    return f"{of} {other}"

@task
def total(of: List[Split]) -> int:
    return sum(each.train for each in of)

@task
def show(of: Any) -> str:
    return repr(of)

@task
def numbers(n: int) -> Tuple[int, int]:
    return n, n

@task
def added(of: Tuple[int, ...]) -> int:
    return sum(of)

@workflow
def same(of: Split) -> Split:
    return of

@workflow
def main(n: int = 3) -> Tuple[str, str, str, int, str, int, Split]:
    found = split(n=n)
    return (
        length(of=pair(n=n)),
        label(of=same(of=found)),
        either(of=found, other=found),
        total(of=[found, Split(train=1, label="w"), split(n=5)]),
        show(of=pair(n=1)),
        added(of=numbers(n=n)),
        found,
    )
"""


@pytest.mark.parametrize("way", list(WAYS))
def test_outputs_travel_as_one_tuple(way: str, tmp_path: Path) -> None:
    done = execute(write_project(tmp_path, FLOW), way, "main")
    assert done.returncode == 0, done.stderr
    said = "(3.0, 'xxx')", "s3", "Split(train=3, label='s') (3, 's')", "(1, 'x')"
    assert all(text in done.stdout for text in said), done.stdout
    assert "9" in done.stdout
    assert "6" in done.stdout
