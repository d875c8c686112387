"""Attempts that are broken off and taken up again: what is done is neither lost nor done twice, budgets count, and nothing hangs.

The notes on the node's disk steer the tasks and count what ran; no result goes through them.
"""

from __future__ import annotations

import json
import pathlib
import time

import pytest
from live_cluster import NAMESPACE, command, dagwright, kubectl, read

pytestmark = pytest.mark.cluster

SOURCE = """\
import signal
import sys
import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Optional

from dagwright import RecoverableError, map_task, task, workflow


def note(notes: str, what: str) -> int:
    "Count an execution; tell which one it is."
    path = Path(notes) / what
    with path.open("a") as file:
        file.write("x")
    return path.stat().st_size


def wait_for(notes: str, what: str) -> None:
    while not (Path(notes) / what).exists():
        time.sleep(0.1)


@task
def numbers(count: int, notes: str) -> list[int]:
    note(notes, "numbers")
    return list(range(count))


@task
def gated(n: int, notes: str) -> int:
    wait_for(notes, "open")
    return 10 * n


@task
def total(ns: list[int]) -> int:
    return sum(ns)


@workflow
def counted(notes: str, count: int = 2) -> int:
    return total(ns=map_task(partial(gated, notes=notes))(n=numbers(count=count, notes=notes)))


@task(retries=1)
def killed(notes: str) -> str:
    times = note(notes, "killed")
    if times == 1:
        time.sleep(600)
    if times == 2:
        raise RecoverableError("paid for by the task's only retry")
    return f"execution {times}"


@task
def after(text: str, notes: str) -> str:
    note(notes, "after")
    return text


@workflow
def forced(notes: str) -> str:
    return after(text=killed(notes=notes), notes=notes)


@task
def lost(n: int, notes: str) -> int:
    if n == 1:
        if note(notes, "lost") > 1:
            raise ValueError("the controller may have made the pod again")
        time.sleep(600)
    return n


@task
def told(ns: list[Optional[int]]) -> str:
    return str(ns)


@workflow
def errored(notes: str) -> str:
    return told(ns=map_task(partial(lost, notes=notes), min_success_ratio=0.5)(n=[0, 1, 2]))


@task
def tidy(notes: str) -> str:
    "Takes its time to end, and ends well."

    def stopped(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # Argo signals every process, and the supervisor passes its own signal on
        note(notes, "stopped")
        time.sleep(4)
        note(notes, "tidied")
        sys.exit(0)

    signal.signal(signal.SIGTERM, stopped)
    if note(notes, "tidy") == 1:
        time.sleep(600)
    return "done"


@workflow
def graceful(notes: str) -> str:
    return after(text=tidy(notes=notes), notes=notes)


@task(retries=3)
def endless(notes: str) -> str:
    note(notes, "endless")
    time.sleep(600)
    return "never"


@workflow
def overdue(notes: str) -> str:
    return endless(notes=notes)
"""


@pytest.fixture
def notes(shared_folder, tmp_path):
    """A folder of this test that its pods see."""
    folder = shared_folder / f"{tmp_path.name}-notes"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


def counts(notes: pathlib.Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in sorted(notes.iterdir())}


def test_a_list_that_was_made_before_is_counted_again(flows, argo, notes):
    flow = flows(SOURCE, "counted", argo)
    first = flow.submit(notes=str(notes))
    first.wait(lambda run: len(run.pods("gated")) == 2)
    command("argo", "terminate", "-n", NAMESPACE, first.name)
    first.failed()
    (notes / "open").touch()
    # Another run goes on with the first one's results: its first pod finds its pin, and its map must not come out empty.
    second = flow.submit(notes=str(notes), **{"dagwright-run": first.uid})
    second.succeeded()
    assert dagwright("outputs", second.name).stdout == "10\n"
    assert len(second.pods("gated")) == 2
    assert counts(notes)["numbers"] == 1
    assert dagwright("retry", "--wait", "--timeout", "6m", first.name).stdout == "10\n"
    assert counts(notes)["numbers"] == 1


def test_a_pod_deleted_by_force_costs_the_task_no_retry(flows, argo, notes):
    run = flows(SOURCE, "forced", argo).submit(notes=str(notes))
    run.wait(lambda run: run.is_running("killed") and (notes / "killed").exists())
    kubectl("delete", "pod", run.pod_name("killed"), "--force", "--grace-period=0")
    assert run.succeeded().outputs() == ["execution 3"]
    assert counts(notes) == {"after": 1, "killed": 3}
    endings = [record["ending"] for record in run.records("killed")]
    assert endings[-2:] == ["recoverable", "succeeded"]
    assert set(endings[:-2]) <= {"terminated"}, "the pod that was killed may have had time to say so"


def test_an_element_whose_pod_is_lost_for_good_is_a_hole(flows, argo, notes):
    run = flows(SOURCE, "errored", {**argo, "system_retries": 0}).submit(notes=str(notes))
    run.wait(lambda run: (notes / "lost").exists() and len(run.pods("lost")) == 3)
    element = next(pod for pod in run.pods("lost") if pod["displayName"].startswith("element(1:1)"))
    pod = f"{run.name}-{element['templateName']}-{element['id'].rpartition('-')[2]}"
    kubectl("delete", "pod", pod, "--force", "--grace-period=0")
    assert run.succeeded().outputs() == ["[0, None, 2]"]


def test_a_task_that_is_stopped_has_its_grace_and_leaves_nothing_half_done(flows, argo, notes):
    run = flows(SOURCE, "graceful", argo).submit(notes=str(notes))
    run.wait(lambda run: run.is_running("tidy") and (notes / "tidy").exists())
    assert dagwright("stop", run.name).returncode == 0
    ended = dagwright("status", "--wait", "--timeout", "6m", run.name)
    assert ended.returncode == 1
    assert f"{run.name} was stopped; `dagwright retry {run.name}` takes it up again" in ended.stderr
    deadline = time.monotonic() + 180
    while not (notes / "tidied").exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert counts(notes) == {"stopped": 1, "tidied": 1, "tidy": 1}
    again = dagwright("retry", "--wait", "--timeout", "6m", run.name)
    assert again.returncode == 0, again.stderr
    assert again.stdout == '"done"\n'
    assert counts(notes) == {"after": 1, "stopped": 1, "tidied": 1, "tidy": 2}
    run.refresh()
    assert [record["ending"] for record in run.records("tidy")] == ["terminated", "succeeded"]


def test_a_pod_that_passes_its_deadline_is_not_tried_again(flows, argo, notes):
    flow = flows(SOURCE, "overdue", argo)
    # Our own deadline is a backstop, ten minutes behind the task's timeout; this one is put into the template by hand.
    kind, name = flow.objects[-1]
    template = read(kind, name)
    for item in template["spec"]["templates"]:
        if "container" in item:
            item["activeDeadlineSeconds"] = 25  # long enough to begin, on a machine with much else to do
    kubectl("replace", "-f", "-", stdin=json.dumps(template))
    run = flow.submit(notes=str(notes)).failed()
    assert counts(notes) == {"endless": 1}
    said = dagwright("status", run.name).stderr
    assert "✗ endless failed after 1 attempt" in said
    assert "killed: it passed the pod's deadline" in said
