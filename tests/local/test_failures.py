"""A workflow that fails, on every way of running: what else runs, what is reported, and what hears of it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from ways_of_running import STAND_IN, write_project
from ways_of_running import execute as execute_one_way

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

FLOW = """
import json
import time
from pathlib import Path
from typing import Optional

from dagwright import RunFailure, approve, map_task, task, workflow
from dagwright.testing import answers
from flytekit import WorkflowFailurePolicy
from flytekit.types.error.error import FlyteError

GO_ON = WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE
HERE = Path(HERE_IS)


def leave(name: str, *values: object) -> None:
    with (HERE / name).open("a") as file:
        file.write(json.dumps(values) + "\\n")


@task
def clean_up(n: int, unit: str, err: Optional[FlyteError] = None) -> None:
    assert err is not None
    leave("handled", n, unit, err.message, err.failed_node_id)


@task
def count(n: int) -> int:
    leave("counted", n)
    return n + 1


@task
def tell(n: int, err: RunFailure, also: int = 7) -> None:
    leave("told", n, also, err.message)


@workflow
def clean_up_in_steps(n: int, unit: str, err: RunFailure) -> None:
    tell(n=count(n=n), err=err)


@task
def fails_too(n: int, unit: str) -> None:
    raise KeyError(unit)


@task
def risky(n: int) -> int:
    if n > 2:
        raise ValueError(f"{n} is too much")
    return n


@task
def steady(n: int) -> int:
    leave("steady", n)
    return n


@workflow(on_failure=clean_up)
def handled(n: int = 3, unit: str = "kg") -> int:
    return risky(n=n)


@workflow(on_failure=clean_up)
def goes_well(n: int = 1, unit: str = "kg") -> int:
    return risky(n=n)


@workflow(on_failure=clean_up_in_steps)
def handled_in_steps(n: int = 3, unit: str = "kg") -> int:
    return risky(n=n)


@workflow(on_failure=fails_too)
def handled_badly(n: int = 3, unit: str = "kg") -> int:
    return risky(n=n)


@workflow(failure_policy=GO_ON, on_failure=clean_up)
def goes_on(n: int = 3, unit: str = "kg") -> list[int]:
    first = risky(n=n)
    second = risky(n=9).with_overrides(node_name="second")
    after = steady(n=first).with_overrides(node_name="after")
    return [after, second, steady(n=n)]


@workflow(on_failure=clean_up)
def asks(n: int = 2, unit: str = "kg") -> int:
    return approve(risky(n=n), "look", timeout=None)


def asks_in_vain() -> None:
    with answers({"look": False}):
        asks()


@workflow(on_failure=clean_up)
def loses(n: int = 3, unit: str = "kg") -> list[Optional[int]]:
    return map_task(risky, min_success_ratio=0.9)(n=[1, 2, n])


@workflow(failure_policy=GO_ON, on_failure=clean_up)
def loses_and_goes_on(n: int = 3, unit: str = "kg") -> list[Optional[int]]:
    return map_task(risky, min_success_ratio=0.9)(n=[1, 2, n])


@task(timeout=1)
def sleeps(n: int) -> int:
    time.sleep(30)
    return n


@workflow(on_failure=clean_up)
def takes_long(n: int = 2, unit: str = "kg") -> int:
    return sleeps(n=n)


@task
def leaves(n: int) -> int:
    raise SystemExit(f"no {n}")


@workflow(on_failure=clean_up)
def exits(n: int = 2, unit: str = "kg") -> int:
    return leaves(n=n)


@task
def keep(err: str) -> None:
    leave("kept", err)


@workflow(on_failure=keep)
def has_an_err_of_its_own(err: str = "mine") -> int:
    return leaves(n=2)


@workflow
def stops(n: int = 3) -> list[int]:
    first = risky(n=n)
    last = steady(n=n)
    first >> last
    return [first, last]
"""
WAYS = ["script", "run", "isolate"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    here = tmp_path / "here"
    here.mkdir()
    return write_project(tmp_path, FLOW.replace("HERE_IS", repr(str(here))))


def execute(project: Path, way: str, workflow: str) -> subprocess.CompletedProcess[str]:
    return execute_one_way(project, way, workflow, ways=STAND_IN)


def left(project: Path, name: str) -> list[list[object]]:
    path = project / "here" / name
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.mark.parametrize("way", WAYS)
def test_a_handler_runs_once_on_the_inputs_and_the_failure_is_that_of_the_run(project: Path, way: str) -> None:
    ended = execute(project, way, "handled")
    assert ended.returncode == 1, ended.stderr
    assert "ValueError: 3 is too much" in ended.stderr
    assert left(project, "handled") == [[3, "kg", "ValueError: 3 is too much", "risky"]]


@pytest.mark.parametrize("way", WAYS)
def test_no_handler_runs_after_success(project: Path, way: str) -> None:
    assert execute(project, way, "goes_well").returncode == 0
    assert left(project, "handled") == []


@pytest.mark.parametrize("way", WAYS)
def test_a_workflow_handles_failures(project: Path, way: str) -> None:
    assert execute(project, way, "handled_in_steps").returncode == 1
    assert left(project, "counted") == [[3]]
    assert left(project, "told") == [[4, 7, "ValueError: 3 is too much"]]


@pytest.mark.parametrize("way", WAYS)
def test_both_are_told_where_the_handler_fails_as_well(project: Path, way: str) -> None:
    ended = execute(project, way, "handled_badly")
    assert ended.returncode == 1
    assert "ValueError: 3 is too much" in ended.stderr
    assert "its on_failure failed as well" in ended.stderr
    assert "KeyError" in ended.stderr
    assert "process died" not in ended.stderr


@pytest.mark.parametrize("way", WAYS)
def test_a_handler_hears_who_was_not_let_through(project: Path, way: str) -> None:
    denying = {
        name: command if name == "script" else [*command[:-1], "--deny", "look", "flow.py"] for name, command in STAND_IN.items()
    }
    ended = execute_one_way(project, way, "asks_in_vain" if way == "script" else "asks", ways=denying)
    assert ended.returncode == 1, ended.stderr
    assert left(project, "handled") == [[2, "kg", "NotApproved: look was not approved", "look"]]


def test_a_call_that_nobody_can_answer_for_is_no_failure_to_handle(project: Path) -> None:
    ended = execute(project, "script", "asks")
    assert ended.returncode == 1
    assert "there is no terminal to ask on" in ended.stderr
    assert left(project, "handled") == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("workflow", ["loses", "loses_and_goes_on"])
def test_a_handler_hears_of_a_map_that_lost_too_many_elements(project: Path, way: str, workflow: str) -> None:
    assert execute(project, way, workflow).returncode == 1
    text = "1 of the 3 elements of risky failed, and none may (min_success_ratio=0.9); [2] n=3: ValueError: 3 is too much"
    assert left(project, "handled") == [[3, "kg", text, "risky"]]


@pytest.mark.parametrize("way", WAYS)
def test_a_handler_hears_of_a_timeout(project: Path, way: str) -> None:
    assert execute(project, way, "takes_long").returncode == 1
    assert left(project, "handled") == [[2, "kg", "the task ran longer than its timeout of 1 s", "sleeps"]]


@pytest.mark.parametrize("way", WAYS)
def test_a_handler_hears_of_an_exit(project: Path, way: str) -> None:
    assert execute(project, way, "exits").returncode == 1
    assert left(project, "handled") == [[2, "kg", "SystemExit: no 2", "leaves"]]


@pytest.mark.parametrize("way", WAYS)
def test_a_handler_takes_an_err_that_is_the_workflows_own(project: Path, way: str) -> None:
    ended = execute(project, way, "has_an_err_of_its_own")
    assert ended.returncode == 1
    assert "on_failure failed" not in ended.stderr
    assert left(project, "kept") == [["mine"]]


@pytest.mark.parametrize("way", WAYS)
def test_what_needs_no_failed_call_runs_on_where_the_policy_says_so(project: Path, way: str) -> None:
    ended = execute(project, way, "goes_on")
    assert ended.returncode == 1
    assert "3 is too much" in ended.stderr
    assert "second" in ended.stderr
    assert left(project, "steady") == [[3]]
    ((*given, message, node),) = left(project, "handled")
    assert (given, node) == ([3, "kg"], "risky")
    assert str(message).startswith("ValueError: 3 is too much (failed as well: second")


@pytest.mark.parametrize("way", [*WAYS, "batch"])
def test_nothing_else_starts_otherwise(project: Path, way: str) -> None:
    assert execute(project, way, "stops").returncode == 1
    assert left(project, "steady") == []


def test_a_handler_is_refused_where_nobody_would_start_it(project: Path) -> None:
    ended = execute(project, "batch", "handled")
    assert ended.returncode == 1
    assert "error[DW557]" in ended.stderr
    assert sys.executable not in ended.stderr
