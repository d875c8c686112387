"""A flytekit file that makes nodes, on every way of running."""

from __future__ import annotations

from pathlib import Path

import pytest
from ways_of_running import STAND_IN, execute, write_project

FLOW = """
from flytekit import create_node, task, workflow

@task
def both(x: int) -> tuple[int, str]:
    return x, str(x)

@task
def join(left: str, right: int) -> str:
    return f"{left}-{right}"

@task
def tell(x: int) -> None:
    print(f"told {x}")

@workflow
def main(n: int = 3) -> str:
    made = create_node(both, x=n)
    joined = create_node(join, left=made.o1, right=made.o0)
    made >> [create_node(tell, x=1), create_node(tell, x=2)] >> joined
    return joined.o0
"""


@pytest.mark.parametrize("way", STAND_IN)
def test_every_way_runs_nodes(tmp_path: Path, way: str) -> None:
    ended = execute(write_project(tmp_path, FLOW), way, "main", ways=STAND_IN)
    assert "3-3" in ended.stdout, ended.stderr
    assert (ended.stdout + ended.stderr).count("told") == 2
