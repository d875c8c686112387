"""What is wrong around a pod, not in a task: one line that says what to do, and code 82, whoever runs into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pods import Pods, pinned

if TYPE_CHECKING:
    from pathlib import Path

FLOW = """
from __future__ import annotations
from dagwright import current_context, task

@task
def make(n: int) -> list[int]:
    return [1] * n

@task
def use(xs: list[int]) -> int:
    return len(xs)

@task
def asks(what: str) -> str:
    context = current_context()
    if what == "working_directory":
        return str(context.working_directory)
    context.checkpoint.write(b"x")
    return what

@task
def each(x: int) -> str:
    return str(current_context().working_directory)
"""


@pytest.fixture
def pods(tmp_path: Path) -> Pods:
    pods = Pods(tmp_path, FLOW)
    pods.task("make", {"n": ("int", 3)}, "list[int]")
    pods.task("use", {"xs": ("list[int]", pinned("make"))}, "int")
    (tmp_path / "occupied").touch()
    return pods


@pytest.mark.parametrize("what", ["working_directory", "checkpoint"])
def test_a_task_that_asks_for_a_folder_where_none_can_be_written(pods: Pods, what: str) -> None:
    pods.task("asks", {"what": ("str", what)}, "str", retries=2)
    work = pods.folder / "occupied" / "work"
    ended = pods.attempt("asks", DAGWRIGHT_WORK=str(work))
    assert ended.code == 82, ended
    text = f"dagwright: asks: cannot write {work}: Not a directory: the pod needs a writable DAGWRIGHT_WORK (exit 82)\n"
    assert ended.err == text


def test_so_it_is_in_a_pod_of_several_elements(pods: Pods) -> None:
    pods.map_pods = 1
    pods.task("each", {"x": ("int", [1, 2])}, "str", over="x")
    ended = pods.attempt("each", 0, DAGWRIGHT_WORK=str(pods.folder / "occupied" / "work"))
    assert ended.code == 82, ended
    assert ended.err.endswith(": the pod needs a writable DAGWRIGHT_WORK (exit 82)\n")
    assert "Traceback" not in ended.err


def test_a_code_folder_that_is_not_mounted(pods: Pods) -> None:
    ended = pods.attempt("make", DAGWRIGHT_CODE="/nowhere")
    assert ended.code == 82, ended
    text = "there is no folder /nowhere with the user's code: mount it there or set DAGWRIGHT_CODE"
    assert ended.err == f"dagwright: make: {text} (exit 82)\n"


def test_a_module_that_is_not_there_in_a_folder_that_is(pods: Pods) -> None:
    (pods.code / "flow.py").unlink()
    ended = pods.attempt("make")
    assert ended.code == 80
    assert ended.err.endswith("ModuleNotFoundError: No module named 'flow'\n")


def test_a_damaged_result_asks_for_a_new_run(pods: Pods) -> None:
    assert pods.attempt("make").code == 0
    pin = pods.stored("run/run-1/make/out.json")[0]
    pin.write_bytes(pin.read_bytes()[:-20])
    ended = pods.attempt("use")
    assert ended.code == 82
    store = (pods.folder / "store").as_uri()
    text = f"the result v1/run/run-1/make/out.json in {store} is damaged: the checksum does not fit: start a new run"
    assert ended.err == f"dagwright: use: {text} (exit 82)\n"
