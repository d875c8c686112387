"""Marks of memory in termination messages: there from the beginning on, because a kill of the whole container leaves nobody to write one."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from pods import Pods

MARK = "[memory 1 of 3: 96Mi, then 192Mi]"
FLOW = """
import os, pathlib, signal, sys, time
from dagwright import RecoverableError, task

@task
def ends(how: str) -> int:
    if how == "long": raise ValueError("x" * 5000)
    if how == "again": raise RecoverableError("busy")
    if how == "sleeps":
        pathlib.Path(os.environ["READY"]).touch(); time.sleep(60)
    return 7
"""


@pytest.fixture
def pods(tmp_path: Path) -> Pods:
    made = Pods(tmp_path, FLOW)
    made.task("ends", {"how": ("str", {"kind": "input", "name": "how", "type": "str"})}, "int", retries=1)
    made.inputs = [{"name": "how", "type": "str"}]
    return made


def asked(how: str, mark: str = MARK) -> dict[str, str]:
    return {"DAGWRIGHT_INPUT_how": how, "DAGWRIGHT_MEMORY": mark}


def test_a_failed_attempt_has_its_mark_in_the_first_line_whatever_it_says(pods: Pods) -> None:
    assert pods.attempt("ends", **asked("long")).code == 80
    first, _, rest = pods.termination.partition("\n")
    assert first.startswith("ends: ValueError: xxx")
    assert first.endswith(f"x {MARK}")
    assert "Traceback" in rest or rest.startswith("x")
    assert len(pods.termination.encode()) <= 4096


def test_an_attempt_that_may_be_repeated_has_it_too(pods: Pods) -> None:
    ended = pods.attempt("ends", **asked("again"))
    assert (ended.code, pods.termination.partition("\n")[0]) == (
        75,
        f"ends: dagwright.authoring.errors.RecoverableError: busy (exit 75) {MARK}",
    )
    assert "it may be tried again" in ended.err


def test_the_mark_is_there_before_the_task_begins_and_outlives_its_pod(pods: Pods, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    process = pods.start("ends", READY=str(ready), **asked("sleeps"))
    while not ready.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert pods.termination == f"ends: the container died before the task ended {MARK}\n"


def test_a_success_leaves_no_message(pods: Pods) -> None:
    assert pods.attempt("ends", **asked("returns")).code == 0
    assert pods.termination == ""


def test_what_keeps_an_attempt_from_beginning_keeps_the_mark(pods: Pods) -> None:
    ended = pods.attempt("nobody", **asked("returns"))
    assert ended.code == 82
    assert pods.termination == ended.err.replace("\n", f" {MARK}\n")


def test_without_steps_nothing_is_written_before_the_end(pods: Pods, tmp_path: Path) -> None:
    assert pods.attempt("ends", DAGWRIGHT_INPUT_how="returns").code == 0
    assert not (tmp_path / "termination").exists()
