"""Deaths and races on a live controller whose only store is S3: nothing is lost, and executions are counted.

Files on the node's disk let these tests steer the tasks and count what ran; no result goes through them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from live_cluster import NAMESPACE, command, kubectl

from dagwright.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from live_cluster import Flow, Run

pytestmark = pytest.mark.cluster

SOURCE = """\
import time
from pathlib import Path

from dagwright import Resources, task, workflow


def note(notes: str, what: str) -> bool:
    "Count an execution; tell whether it is the first one."
    path = Path(notes) / what
    with path.open("a") as file:
        file.write("x")
    return path.stat().st_size == 1


def wait_for(notes: str, what: str) -> None:
    while not (Path(notes) / what).exists():
        time.sleep(0.1)


@task
def before(notes: str) -> list[int]:
    note(notes, "before")
    return list(range(30_000))


@task(limits=Resources(mem="96Mi"), requests=Resources(mem="96Mi"))
def greedy(xs: list[int], notes: str) -> int:
    if note(notes, "greedy"):
        held = []
        for _ in range(100):
            held.append(bytearray(b"x") * 10_000_000)
    return sum(xs)


@task
def patient(xs: list[int], notes: str) -> int:
    if note(notes, "patient"):
        wait_for(notes, "never")
    return len(xs)


@task(cache=True, cache_version="1", cache_serialize=True)
def shared(place: str) -> float:
    note(place, "shared")
    wait_for(place, "both")
    return time.time()


@workflow
def starved(notes: str) -> int:
    return greedy(xs=before(notes=notes), notes=notes)


@workflow
def interrupted(notes: str) -> int:
    return patient(xs=before(notes=notes), notes=notes)


@workflow
def racing(place: str) -> float:
    return shared(place=place)
"""


@pytest.fixture
def notes(shared_folder: Path, tmp_path: Path) -> Path:
    """A folder of this test that its pods see."""
    folder = shared_folder / f"{tmp_path.name}-notes"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


@pytest.fixture
def settings(argo: dict[str, Any], s3_settings: dict[str, Any]) -> dict[str, Any]:
    """A store on S3 alone; the folder of the notes is there for steering."""
    return {**s3_settings, "volumes": argo["volumes"]}


def counted(notes: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in notes.iterdir()}


def is_running(run: Run, node: str, notes: Path) -> bool:
    return (notes / node).exists() and [pod["phase"] for pod in run.pods(node)] == ["Running"]


def test_a_pod_without_memory_is_named_and_a_retry_repeats_only_it(
    flows: Callable[..., Flow], settings: dict[str, Any], notes: Path
) -> None:
    run = flows(SOURCE, "starved", settings).submit(notes=str(notes)).failed()
    assert counted(notes) == {"before": 1, "greedy": 1}
    (pod,) = run.pods("greedy")
    assert "OOMKilled" in pod["message"], pod
    assert "the task's process was killed for want of memory (limit 96Mi)" in run.logs()
    run.retry().wait(lambda run: run.status.get("phase") == "Succeeded")
    assert run.outputs() == [sum(range(30_000))]
    assert counted(notes) == {"before": 1, "greedy": 2}


def test_a_deleted_pod_is_replaced_and_nothing_else_runs_again(
    flows: Callable[..., Flow], settings: dict[str, Any], notes: Path
) -> None:
    run = flows(SOURCE, "interrupted", settings).submit(notes=str(notes))
    run.wait(lambda run: is_running(run, "patient", notes))
    kubectl("delete", "pod", run.pod_name("patient"), "--wait=false")
    assert run.succeeded().outputs() == [30_000]
    assert counted(notes) == {"before": 1, "patient": 2}
    assert [record["ending"] for record in run.records("patient")] == ["terminated", "succeeded"]


def test_a_stopped_workflow_goes_on_where_it_was(flows: Callable[..., Flow], settings: dict[str, Any], notes: Path) -> None:
    run = flows(SOURCE, "interrupted", settings).submit(notes=str(notes))
    run.wait(lambda run: is_running(run, "patient", notes))
    command("argo", "terminate", "-n", NAMESPACE, run.name)
    run.failed()
    assert counted(notes) == {"before": 1, "patient": 1}
    run.retry().wait(lambda run: run.status.get("phase") == "Succeeded")
    assert run.outputs() == [30_000]
    assert counted(notes) == {"before": 1, "patient": 2}
    assert [record["ending"] for record in run.records("patient")] == ["terminated", "succeeded"]


def test_two_workflows_that_race_for_one_key_compute_it_once(
    flows: Callable[..., Flow], settings: dict[str, Any], notes: Path
) -> None:
    flow = flows(SOURCE, "racing", settings)
    runs = [flow.submit(place=str(notes)) for _ in range(2)]
    for run in runs:
        run.wait(lambda run: [pod["phase"] for pod in run.pods("shared")] == ["Running"])
    (notes / "both").touch()
    first, second = (run.succeeded().outputs() for run in runs)
    assert first == second
    assert counted(notes) == {"shared": 1, "both": 0}
    states = sorted(record["state"] for run in runs for record in run.records("shared"))
    assert states == ["cached", "run"]
    assert len(open_store(settings["store"]).list("v1/ac")) == 1
