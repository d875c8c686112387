"""A pod that runs several elements of a map: what it finished is not done again, whatever ends it, and what it stores is whole."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest
from pods import Pods, pinned

FLOW = """
import os, signal, time
from dagwright import RecoverableError, task

def note(x):
    with open(os.environ["CALLS"], "a") as calls:
        calls.write(f"{x}\\n")

@task
def each(x: int, how: str) -> int:
    note(x)
    if x == 2 and how == "waits" and not os.path.exists(os.environ["READY"]):
        open(os.environ["READY"], "w").close(); time.sleep(60)
    if x == 2 and how == "dies" and not os.path.exists(os.environ["READY"]):
        open(os.environ["READY"], "w").close(); os.kill(os.getpid(), 9)
    if x == 1 and how == "fails": raise ValueError("no good")
    if x == 1 and how == "tries" and "STOP" in os.environ:
        os.kill(os.getppid(), signal.SIGTERM); time.sleep(60)
    if x == 1 and how == "tries": raise RecoverableError("again")
    if x == 1 and how == "works for nothing" and not os.path.exists(os.environ["READY"]):
        open(os.environ["READY"], "w").close()
        until = time.process_time() + 0.2
        while time.process_time() < until: pass
        time.sleep(60)
    if x == 1 and how == "exits on SIGTERM":
        signal.signal(signal.SIGTERM, lambda *_: exit(1)); time.sleep(60)
    if x == 1 and how == "ignores SIGTERM":
        def wake(*_): raise InterruptedError
        signal.signal(signal.SIGTERM, wake)
        try: time.sleep(60)
        except InterruptedError: return 10
    return 10 * x

@task
def together(xs: list[int]) -> int:
    return sum(xs)
"""


@pytest.fixture
def pods(tmp_path: Path) -> Pods:
    pods = Pods(tmp_path, f"from __future__ import annotations\n{FLOW}")
    pods.map_pods = 2
    pods.environment = {"CALLS": str(tmp_path / "calls"), "READY": str(tmp_path / "ready")}
    return pods


def map_each(pods: Pods, how: str, **policy: object) -> None:
    pods.task("each", {"x": ("int", [0, 1, 2, 3, 4, 5]), "how": ("str", how)}, "int", over="x", **policy)
    pods.task("together", {"xs": ("list[int]", pinned("each"))}, "int")


def calls(pods: Pods) -> list[int]:
    path = Path(pods.environment["CALLS"])
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def assert_calls_beside_a_late_one(pods: Pods, expected: list[int]) -> None:
    """Hold the calls to what is expected, and element 2 to one call, or two: the process of one that outlived its SIGTERM is killed when it
    says that it goes on, which may be after element 2 has begun there; that one runs once more in the next process.
    """
    made = calls(pods)
    assert [index for index in made if index != 2] == expected
    assert made.count(2) in (1, 2)


def wait_until_ready(pods: Pods) -> None:
    deadline = time.monotonic() + 30
    while not Path(pods.environment["READY"]).exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def stripe(pods: Pods, pod: int) -> dict[int, int]:
    document = json.loads(pods.stored(f"run/run-1/each/{pod}/stripe.json")[0].read_bytes())
    return {index: result["outputs"][0]["data"] for index, result in document["elements"]}


def test_a_pod_leaves_one_document_and_consumers_read_it(pods: Pods) -> None:
    map_each(pods, "well")
    assert pods.attempt("each", 0).code == 0
    assert stripe(pods, 0) == {0: 0, 1: 10, 2: 20}
    assert pods.attempt("together").code == 82  # the other pod has not been here
    assert pods.attempt("each", 1).code == 0
    assert pods.attempt("together").code == 0
    assert pods.output("together") == 150
    assert not pods.stored("run/run-1/each/*/part-*")


def test_a_pod_that_finds_its_stripe_runs_nothing(pods: Pods) -> None:
    map_each(pods, "well")
    assert [pods.attempt("each", 0).code for _ in range(2)] == [0, 0]
    assert calls(pods) == [0, 1, 2]
    assert len(pods.records("each/0")) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_terminated_pod_leaves_what_it_finished(pods: Pods, number: signal.Signals) -> None:
    map_each(pods, "waits")
    process = pods.start("each", 0, attempt=0)
    wait_until_ready(pods)
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == 72
    assert len(pods.stored("run/run-1/each/0/part-*.json")) == 1
    assert not pods.stored("run/run-1/each/0/stripe.json")
    assert pods.attempt("each", 0, attempt=1, DAGWRIGHT_WORK=str(pods.folder / "elsewhere")).code == 0
    assert calls(pods) == [0, 1, 2, 2]
    assert stripe(pods, 0) == {0: 0, 1: 10, 2: 20}


def test_a_child_that_the_kernel_kills_ends_the_attempt_for_another_pod(pods: Pods) -> None:
    map_each(pods, "dies")
    assert pods.attempt("each", 0, attempt=0).code == 74
    assert pods.attempt("each", 0, attempt=1, DAGWRIGHT_WORK=str(pods.folder / "elsewhere")).code == 0
    assert calls(pods) == [0, 1, 2, 2]


def test_a_lost_pod_is_run_again_from_the_start(pods: Pods) -> None:
    map_each(pods, "waits")
    process = pods.start("each", 0, attempt=0)
    wait_until_ready(pods)
    for pid in (*_children(process.pid), process.pid):
        os.kill(pid, signal.SIGKILL)
    process.communicate(timeout=30)
    assert pods.attempt("each", 0, attempt=0, DAGWRIGHT_WORK=str(pods.folder / "elsewhere")).code == 0
    assert calls(pods) == [0, 1, 2, 0, 1, 2]


def test_a_failed_element_is_final_and_only_it_runs_again(pods: Pods) -> None:
    map_each(pods, "fails")
    ended = pods.attempt("each", 0, attempt=0)
    assert ended.code == 80
    assert calls(pods) == [0, 1, 2]
    assert pods.error("each/0")["index"] == 1
    assert "ValueError: no good" in ended.err
    assert pods.termination.startswith("each[1] x=1: ValueError: no good (exit 80)\nTraceback")
    assert pods.attempt("each", 0, attempt=0, DAGWRIGHT_WORK=str(pods.folder / "elsewhere")).code == 80  # argo retry
    assert calls(pods) == [0, 1, 2, 1]


def test_retries_are_the_elements_own_and_their_number_is_that_of_an_element_alone(pods: Pods) -> None:
    map_each(pods, "tries", retries=2)
    ended = pods.attempt("each", 0, attempt=0)
    assert ended.code == 81
    assert calls(pods) == [0, 1, 2, 1, 1]
    assert pods.attempt("each", 0, attempt=1, DAGWRIGHT_WORK=str(pods.folder / "elsewhere")).code == 81
    assert calls(pods) == [0, 1, 2, 1, 1, 1]  # the same round: its budget was spent, one try tells the error


def test_a_round_of_retries_counts_no_tries_of_the_round_before(pods: Pods) -> None:
    map_each(pods, "tries", retries=2)
    elsewhere = str(pods.folder / "elsewhere")
    assert pods.attempt("each", 0, attempt=0).code == 81
    assert calls(pods) == [0, 1, 2, 1, 1]
    stopped = pods.attempt("each", 0, attempt=0, STOP="1", DAGWRIGHT_WORK=elsewhere)  # argo retry, and an eviction before a try
    assert stopped.code == 72, stopped
    assert pods.attempt("each", 0, attempt=1, DAGWRIGHT_WORK=elsewhere).code == 81
    assert calls(pods) == [0, 1, 2, 1, 1, 1, 1, 1, 1]
    assert [record["epoch"] for record in pods.records("each/0")] == [0, 1, 1]


def test_an_eviction_does_not_renew_the_tries_of_its_round(pods: Pods) -> None:
    map_each(pods, "waits", retries=1)
    pods.nodes[0]["bindings"]["how"]["value"] = "tries and waits"
    source = (pods.code / "flow.py").read_text()
    (pods.code / "flow.py").write_text(
        source.replace('how == "tries":', '"tries" in how:').replace('how == "waits"', '"waits" in how')
    )
    process = pods.start("each", 0, attempt=0)
    wait_until_ready(pods)
    process.terminate()
    process.communicate(timeout=30)
    assert calls(pods) == [0, 1, 2]
    assert pods.attempt("each", 0, attempt=0, DAGWRIGHT_WORK=str(pods.folder / "elsewhere")).code == 81  # the same pod once more
    assert calls(pods) == [0, 1, 2, 2, 1]  # its first try was one of two


def test_a_pod_that_dies_while_it_reads_its_inputs_loses_all_its_elements_and_no_other(pods: Pods) -> None:
    pods.classes["flow.Point"] = {
        "kind": "dataclass",
        "module": "flow",
        "qualname": "Point",
        "fields": [{"name": "x", "type": "int"}],
    }
    kind = "class[flow.Point]"
    pods.inputs = [{"name": "points", "type": f"list[{kind}]"}]
    (pods.code / "flow.py").write_text("import os\nos._exit(3)\n")
    pods.task("each", {"p": (kind, {"kind": "input", "name": "points"})}, "int", over="p")
    pods.nodes[0]["min_success_ratio"] = 0.1
    ended = pods.attempt("each", 1, DAGWRIGHT_INPUT_points=json.dumps([{"x": x} for x in range(6)]))
    assert ended.code == 80, ended
    notes = [json.loads(path.read_bytes()) for path in pods.stored("run/run-1/each/failed/*.json")]
    assert [note["index"] for note in notes] == [3, 4, 5]
    assert {note["error"] for note in notes} == {"the task ended its process with exit status 3 instead of returning"}


def test_a_pod_that_fails_before_it_knows_its_elements_names_none(pods: Pods) -> None:
    pods.inputs = [{"name": "xs", "type": "list[int]"}, {"name": "ys", "type": "list[int]"}]
    given = {name: ("int", {"kind": "input", "name": f"{name}s"}) for name in ("x", "y")}
    pods.task("each", given, "int", over="x")
    pods.nodes[0].update(min_success_ratio=0.1, along=["y"])
    ended = pods.attempt("each", 1, DAGWRIGHT_INPUT_xs="[1, 2, 3, 4]", DAGWRIGHT_INPUT_ys="[1]")
    assert ended.code == 80, ended
    assert "length" in ended.err, ended
    assert not pods.stored("run/run-1/each/failed/*.json")


def test_the_record_counts_the_processes_that_are_gone(pods: Pods) -> None:
    map_each(pods, "works for nothing", retries=1, timeout_s=3)
    assert pods.attempt("each", 0).code == 0
    assert calls(pods) == [0, 1, 2, 1]
    assert pods.records("each/0")[0]["cpu_s"] >= 0.2  # all of it in the process that is gone: the last one only returns


def test_a_task_that_handles_sigterm_runs_out_of_time_all_the_same_and_no_other_pays(pods: Pods) -> None:
    map_each(pods, "exits on SIGTERM", retries=1, timeout_s=4)
    assert pods.attempt("each", 0, attempt=0).code == 83
    assert_calls_beside_a_late_one(pods, [0, 1, 1])
    assert pods.error("each/0")["index"] == 1


def test_a_result_that_came_late_counts(pods: Pods) -> None:
    map_each(pods, "ignores SIGTERM", timeout_s=2)
    assert pods.attempt("each", 0, attempt=0).code == 0
    assert_calls_beside_a_late_one(pods, [0, 1])
    assert stripe(pods, 0) == {0: 0, 1: 10, 2: 20}


def test_what_takes_its_process_along_keeps_no_other_from_running(pods: Pods) -> None:
    map_each(pods, "dies")
    pods.map_pods = 1
    assert pods.attempt("each", 0, attempt=0).code == 74
    Path(pods.environment["READY"]).unlink()  # it will die again
    assert pods.attempt("each", 0, attempt=1, DAGWRIGHT_WORK=str(pods.folder / "elsewhere")).code == 74
    assert calls(pods) == [0, 1, 2, 3, 4, 5, 2]


def test_an_element_is_tried_as_often_as_its_retries_say(pods: Pods) -> None:
    map_each(pods, "tries", retries=3)
    assert pods.attempt("each", 0, attempt=0).code == 81
    assert calls(pods).count(1) == 4


def test_a_damaged_part_is_said_and_computed_again(pods: Pods) -> None:
    map_each(pods, "dies")
    assert pods.attempt("each", 0, attempt=0).code == 74
    part = pods.stored("run/run-1/each/0/part-*.json")[0]
    part.write_bytes(part.read_bytes()[:-10])
    ended = pods.attempt("each", 0, attempt=1, DAGWRIGHT_WORK=str(pods.folder / "elsewhere"))
    assert ended.code == 0
    assert f"{part.name} is damaged" in ended.err
    assert calls(pods) == [0, 1, 2, 0, 1, 2]


def test_a_damaged_stripe_is_never_served(pods: Pods) -> None:
    map_each(pods, "well")
    assert [pods.attempt("each", pod).code for pod in (0, 1)] == [0, 0]
    stored = pods.stored("run/run-1/each/1/stripe.json")[0]
    stored.write_bytes(stored.read_bytes().replace(b"40", b"41"))
    ended = pods.attempt("together")
    assert ended.code == 82
    assert "stripe.json" in ended.err
    assert "damaged" in ended.err


def test_a_run_under_the_name_of_another_is_told_apart(pods: Pods) -> None:
    map_each(pods, "well")
    assert pods.attempt("each", 0).code == 0
    pods.nodes[0]["bindings"]["how"]["value"] = "otherwise"
    ended = pods.attempt("each", 0)
    assert ended.code == 82
    assert "give each run a name of its own" in ended.err


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
