"""What a failed element of a map says of itself: its index, what it was given, and the user's own traceback, on every way of running."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ways_of_running import WAYS, execute, write_project

from dagwright.contract.types import parse
from dagwright.execution.given import Value, Wire
from dagwright.execution.lost_elements import short_inputs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

FLOW = """
from __future__ import annotations
from dagwright import RecoverableError, map_task, task, workflow

@task
def names(n: int) -> list[str]:
    return [f"name-{i}" for i in range(n)]

@task
def picky(name: str, beside: int) -> int:
    if name == "name-2":
        raise ValueError("no such name")
    return len(name)

@task(retries=1)
def patient(name: str) -> int:
    if name == "name-1":
        raise RecoverableError("not yet")
    return len(name)

@task
def total(xs: list[int]) -> int:
    return sum(xs)

@workflow
def fails(n: int = 4) -> int:
    return total(xs=map_task(picky)(name=names(n=n), beside=[1, 2, 3, 4]))

@workflow
def gives_up(n: int = 3) -> int:
    return total(xs=map_task(patient)(name=names(n=n)))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("elements"), FLOW)


@pytest.mark.parametrize("way", WAYS)
def test_a_failed_element_says_which_it_is_and_what_it_was_given(project: Path, way: str) -> None:
    ended = execute(project, way, "fails")
    assert ended.returncode
    name, beside = ("'name-2'", "3") if way == "script" else ('"name-2"', "3")
    assert f"picky[2] name={name}, beside={beside}" in ended.stderr
    assert 'raise ValueError("no such name")\n' in ended.stderr
    assert "dagwright/execution" not in ended.stderr


@pytest.mark.parametrize("way", WAYS)
def test_so_does_each_try_of_one_that_is_tried_again(project: Path, way: str) -> None:
    ended = execute(project, way, "gives_up")
    assert ended.returncode
    if way == "script":
        assert ended.stderr.endswith("in patient[1] name='name-1'\n")
        return
    # An element that had not begun when this one gave up says in a line of its own that it is cancelled, and why.
    told = [line for line in ended.stderr.splitlines() if 'patient[1] name="name-1" failed' in line and "cancelled: " not in line]
    assert len(told) == 2


def wire(data: Any) -> Wire:
    return Wire(parse("unknown"), data)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        # made when the test runs: half a gigabyte would otherwise stay with the worker to its end
        (lambda: wire(3), "x=3"),
        (lambda: wire("short"), 'x="short"'),
        (lambda: wire("s" * 10_000_000), 'x="' + "s" * 59 + "..."),
        (lambda: wire(list(range(10_000_000))), "x=[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,..."),
        (lambda: wire([[list(range(1000))] * 1000] * 1000), "x=[[[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,2..."),
        (lambda: wire({"a": {"b": ["line\nbreak"]}}), 'x={"a":{"b":["line\\nbreak"]}}'),
        (lambda: wire(10**5000), "x=..."),
        (lambda: Value([1] * 10_000_000), "x=[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,..."),
        (lambda: Value("a\nb"), "x='a\\nb'"),
    ],
)
def test_what_it_was_given_takes_a_line_and_no_time(given: Callable[[], Wire | Value], text: str) -> None:
    assert short_inputs(["x", "absent"], {"x": given()}) == text
