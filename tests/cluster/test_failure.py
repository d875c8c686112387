"""What becomes of a run of which a part has failed for good, on a live controller: the rest is cancelled, or runs on; ``on_failure`` hears of it."""

import json
import pathlib

import pytest
from live_cluster import NAMESPACE, command, dagwright

pytestmark = pytest.mark.cluster

HEAD = """\
import json
import pathlib
import signal
import time
from typing import Optional

from dagwright import RunFailure, map_task, task, workflow
from flytekit import WorkflowFailurePolicy


def until(marks: str, name: str) -> None:
    for _ in range(3000):
        if (pathlib.Path(marks) / name).exists():
            return
        time.sleep(0.1)
    raise TimeoutError(name)


def mark(marks: str, name: str, text: str = "") -> None:
    (pathlib.Path(marks) / name).write_text(text)
"""


@pytest.fixture
def marks(shared_folder, tmp_path):
    """A folder for what the tasks of one test leave, and wait for."""
    folder = shared_folder / f"{tmp_path.name}-marks"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


def names_in(marks):
    return sorted(path.name for path in marks.iterdir())


def test_a_failure_cancels_what_runs_beside_it_and_a_retried_run_is_not_cancelled_by_it(flows, argo, marks):
    source = (
        HEAD
        + """
@task
def bad(marks: str) -> int:
    until(marks, "first-ran")
    until(marks, "each-0-began")
    if not (pathlib.Path(marks) / "mended").exists():
        raise ValueError("not yet")
    return 1

@task
def first(marks: str) -> int:
    mark(marks, "first-ran")
    return 2

@task
def second(marks: str, before: int) -> int:
    until(marks, "bad-ended")
    return before + 1

@task
def each(marks: str, n: int) -> int:
    mark(marks, f"each-{n}-began")
    until(marks, "bad-ended")
    return n

@task
def clean_up(marks: str, err: RunFailure) -> None:
    mark(marks, "handled", err.failed_node_id)

@workflow(on_failure=clean_up)
def cancels(marks: str) -> tuple[int, int, list[int]]:
    failing = bad(marks=marks)
    chained = second(marks=marks, before=first(marks=marks))
    return failing, chained, map_task(functools.partial(each, marks=marks), concurrency=1)(n=[0, 1, 2])
"""
    ).replace("import json\n", "import functools\nimport json\n", 1)
    flow = flows(source, "cancels", argo)
    run = flow.submit(marks=str(marks)).wait(lambda run: run.exit_codes("bad") == ["80"])
    (marks / "bad-ended").touch()
    run.failed()
    assert run.exit_codes("second") == ["84"]
    assert [[record["ending"] for record in run.records("each", index)] for index in range(3)] == [["cancelled"]] * 3
    assert names_in(marks) == ["bad-ended", "each-0-began", "first-ran", "handled"]
    assert (marks / "handled").read_text() == "bad"
    said = dagwright("status", run.name)
    status = said.stdout + said.stderr
    assert [line.split()[1:3] for line in status.splitlines() if "second" in line or "on-failure" in line] == [
        ["second", "cancelled"],
        ["on-failure", "succeeded"],
    ], status
    (marks / "mended").touch()
    assert run.retry().succeeded().outputs() == [1, 3, [0, 1, 2]]


def test_the_rest_runs_on_where_the_policy_says_so_and_the_handler_runs_once(flows, argo, settings, marks):
    source = (
        HEAD
        + """
@task
def clean_up(marks: str, fails: bool, err: Optional[RunFailure] = None) -> None:
    assert err is not None
    mark(marks, f"handled-{time.time_ns()}", json.dumps([err.message, err.failed_node_id, fails]))

@task
def bad(fails: bool) -> int:
    if fails:
        raise ValueError("no {{workflow.name}} {{=1+1}}")
    return 1

@task
def first(marks: str) -> int:
    until(marks, "go-on")
    return 2

@task
def second(marks: str, before: int) -> int:
    mark(marks, "second-ran")
    return before + 1

@workflow(on_failure=clean_up, failure_policy=WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE)
def goes_on(marks: str, fails: bool) -> tuple[int, int]:
    return bad(fails=fails), second(marks=marks, before=first(marks=marks))
"""
    )
    flow = flows(source, "goes_on", {**settings, "volumes": argo["volumes"]})
    run = flow.submit(marks=str(marks), fails="true").wait(lambda run: run.exit_codes("bad") == ["80"])
    (marks / "go-on").touch()
    run.failed()
    assert run.exit_codes("second") == ["0"]
    handled = [path for path in marks.iterdir() if path.name.startswith("handled-")]
    assert [json.loads(path.read_text()) for path in handled] == [["ValueError: no {{workflow.name}} {{=1+1}}", "bad", True]]
    assert flow.submit(marks=str(marks), fails="false").succeeded().exit_codes("on-failure") == []


def test_handlers_of_called_workflows_run_where_something_in_the_call_failed(flows, argo, marks):
    source = (
        HEAD
        + """
from flytekit.types.error.error import FlyteError

@task
def create_cluster(marks: str, name: str) -> str:
    mark(marks, f"created-{name}")
    return f"{name}-1"

@task
def t1(marks: str, name: str) -> None:
    if name == "another_cluster-1":
        raise ValueError(f"{name} is bad")

@task
def clean_up(marks: str, name: str, err: Optional[FlyteError] = None) -> None:
    assert err is not None
    mark(marks, f"{time.time_ns()}-cleaned", json.dumps([name, err.message, err.failed_node_id]))

@task
def fails(name: str) -> str:
    raise ValueError(name)

@workflow
def clean_up_in_steps(marks: str, name: str, err: Optional[FlyteError] = None) -> None:
    clean_up(marks=marks, name=fails(name=name), err=err)

@workflow(on_failure=clean_up)
def subwf(marks: str, name: str) -> None:
    create_cluster(marks=marks, name=name) >> t1(marks=marks, name=name)

@workflow(on_failure=clean_up_in_steps)
def around(marks: str, name: str) -> None:
    subwf(marks=marks, name=name)

@workflow(on_failure=clean_up)
def calls_handled(marks: str, name: str = "my_cluster") -> None:
    good = around(marks=marks, name="good")
    good >> around(marks=marks, name=create_cluster(marks=marks, name="another_cluster"))
"""
    )
    run = flows(source, "calls_handled", argo).submit(marks=str(marks)).failed()
    cleaned = [json.loads((marks / name).read_text()) for name in names_in(marks) if name.endswith("-cleaned")]
    told = ["ValueError: another_cluster-1 is bad", "around-subwf-t1"]
    assert cleaned == [["another_cluster-1", *told], ["my_cluster", *told]]
    assert [run.exit_codes(node) for node in ("around-on-failure-fails", "around-on-failure-clean-up")] == [["80"], []]
    assert "created-good" in names_in(marks)
    said = dagwright("status", run.name)
    status = said.stdout + said.stderr
    assert [line.split()[1:3] for line in status.splitlines() if line.startswith("  ") and "on-failure" in line] == [
        ["around-good-subwf-on-failure", "skipped"],
        ["around-good-on-failure-fails", "skipped"],
        ["around-good-on-failure-clean-up", "skipped"],
        ["around-subwf-on-failure", "succeeded"],
        ["around-on-failure-fails", "failed"],
        ["around-on-failure-clean-up", "skipped"],
        ["on-failure", "succeeded"],
    ], status


def test_a_handler_waits_for_what_a_stopped_run_still_does(flows, argo, marks):
    source = (
        HEAD
        + """
@task
def clean_up(marks: str, err: RunFailure) -> None:
    mark(marks, "handled", json.dumps([err.message, (pathlib.Path(marks) / "ended").exists()]))

@task
def stubborn(marks: str) -> int:
    asked = []
    signal.signal(signal.SIGTERM, lambda *_: asked.append(1))
    mark(marks, "began")
    while not asked:
        time.sleep(0.1)
    time.sleep(8)
    mark(marks, "ended")
    return 1

@task
def clean_up_part(marks: str, err: RunFailure) -> None:
    mark(marks, "handled-part", err.failed_node_id)

@workflow(on_failure=clean_up_part)
def part(marks: str) -> int:
    return stubborn(marks=marks)

@workflow(on_failure=clean_up_part)
def idle(marks: str) -> int:
    return stubborn(marks=marks)

@workflow(on_failure=clean_up)
def stopped(marks: str) -> int:
    first = part(marks=marks)
    first >> idle(marks=marks)
    return first
"""
    )
    flow = flows(source, "stopped", argo)
    run = flow.submit(marks=str(marks)).wait(lambda _: (marks / "began").exists())
    command("argo", "stop", "-n", NAMESPACE, run.name)
    run.failed()
    message, had_ended = json.loads((marks / "handled").read_text())
    assert had_ended
    assert "stopped" in message or "terminated" in message
    assert (marks / "handled-part").read_text() == "part-stubborn"
    assert not list(pathlib.Path(argo["store"].removeprefix("file://")).glob("v1/run/*/part-stubborn/out.json"))
