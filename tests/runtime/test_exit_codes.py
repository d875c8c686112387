"""The table of exit codes and budgets with real children: every way in which a task can end, alone and as one of several elements of a pod."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from pods import Pods

FLOW = """
import ctypes, os, signal, subprocess, sys, threading, time
from dagwright import RecoverableError, task

class Odd:
    def __init__(self):
        self.lock = threading.Lock()

def deep(n):
    return deep(n + 1)

def do(how):
    if how == "recoverable": raise RecoverableError("again")
    if how == "a subclass of recoverable": raise type("Own", (RecoverableError,), {})("again")
    if how == "too long in Python": time.sleep(60)
    if how == "too long in C": ctypes.PyDLL(None).sleep(60)
    if how == "raises": raise ValueError("no good")
    if how == "sys.exit()": sys.exit()
    if how == "sys.exit(0)": sys.exit(0)
    if how == "sys.exit(75)": sys.exit(75)
    if how == "sys.exit(text)": sys.exit("no more of this")
    if how == "os._exit(0)": os._exit(0)
    if how == "os._exit(75)": os._exit(75)
    if how == "interrupts itself": raise KeyboardInterrupt
    if how == "is interrupted": os.kill(os.getpid(), signal.SIGINT); time.sleep(60)
    if how == "no memory": bytearray(1 << 62)
    if how == "recursion": deep(0)
    if how == "segfaults": ctypes.string_at(0)
    if how == "aborts": os.abort()
    if how == "is killed": os.kill(os.getpid(), signal.SIGKILL)
    if how == "is terminated": os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)
    if how == "leaves a thread": threading.Thread(target=time.sleep, args=(20,)).start()
    if how == "leaves a process": os.spawnlp(os.P_NOWAIT, "sleep", "sleep", "20")
    if how == "leaves a daemon": os.posix_spawnp("sleep", ["sleep", "20"], os.environ, setsid=True)
    if how == "closes its output": os.close(1); os.close(2)
    if how == "returns and dies": threading.Timer(0.05, os._exit, (3,)).start()
    return 7

@task
def alone(how: str) -> int:
    return do(how)

@task
def odd() -> Odd:
    return Odd()

@task
def each(x: int, how: str) -> int:
    return do(how) if x == 1 else x

@task
def odd_each(x: int) -> Odd:
    return Odd()
"""
BUDGETED = {
    "recoverable": (75, 81),
    "a subclass of recoverable": (75, 81),
    "too long in Python": (73, 83),
    "too long in C": (73, 83),
}
FINAL = {
    "raises": "ValueError: no good",
    "sys.exit()": "SystemExit",
    "sys.exit(0)": "SystemExit: 0",
    "sys.exit(75)": "SystemExit: 75",
    "sys.exit(text)": "SystemExit: no more of this",
    "os._exit(0)": "the task ended its process with exit status 0 instead of returning",
    "os._exit(75)": "the task ended its process with exit status 75 instead of returning",
    "interrupts itself": "KeyboardInterrupt",
    "is interrupted": "KeyboardInterrupt",
    "no memory": "MemoryError",
    "recursion": "RecursionError: maximum recursion depth exceeded",
    "segfaults": "killed by SIGSEGV: a crash in native code",
    "aborts": "killed by SIGABRT: native code gave up",
}
SYSTEM = {"is killed": 74, "is terminated": 72}
FINE = ["leaves a thread", "leaves a process", "leaves a daemon", "closes its output"]


def one_task(folder: Path, how: str, **policy: object) -> Pods:
    pods = Pods(folder, f"from __future__ import annotations\n{FLOW}")
    pods.task("alone", {"how": ("str", how)}, "int", **policy)
    return pods


def one_pod(folder: Path, how: str, **policy: object) -> Pods:
    """A pod of three elements, the middle one of which ends so."""
    pods = Pods(folder, f"from __future__ import annotations\n{FLOW}")
    pods.map_pods = 1
    pods.task("each", {"x": ("int", [0, 1, 2]), "how": ("str", how)}, "int", over="x", **policy)
    return pods


def finished(pods: Pods) -> list[int]:
    """Elements whose results the pod left."""
    parts = [json.loads(path.read_bytes()) for path in pods.stored("run/run-1/each/0/part-*.json")]
    return sorted({index for part in parts for index, _ in part["elements"]})


@pytest.mark.parametrize("retries", [0, 1, 2])
@pytest.mark.parametrize("how", BUDGETED)
def test_the_users_budget_is_spent_attempt_by_attempt(tmp_path: Path, how: str, retries: int) -> None:
    pods = one_task(tmp_path, how, retries=retries, timeout_s=0.5)
    again, over = BUDGETED[how]
    assert [pods.attempt("alone", attempt=number).code for number in range(retries + 1)] == [again] * retries + [over]
    assert len(pods.records("alone")) == retries + 1


@pytest.mark.parametrize("retries", [0, 2])
@pytest.mark.parametrize("how", BUDGETED)
def test_in_a_pod_of_several_the_budget_is_spent_at_once(tmp_path: Path, how: str, retries: int) -> None:
    pods = one_pod(tmp_path, how, retries=retries, timeout_s=1)
    ended = pods.attempt("each", 0)
    assert ended.code == BUDGETED[how][1], ended
    assert pods.error("each/0")["index"] == 1
    assert finished(pods) == [0, 2]


@pytest.mark.parametrize("how", FINAL)
def test_any_other_failure_is_final_whatever_budget_is_left(tmp_path: Path, how: str) -> None:
    pods = one_task(tmp_path, how, retries=2)
    ended = pods.attempt("alone", attempt=0)
    assert ended.code == 80, ended
    assert FINAL[how] in f"{ended.err}{pods.termination}"
    assert (pods.error("alone")["code"], pods.error("alone")["origin"]) == (80, "user")
    assert FINAL[how] in pods.termination


@pytest.mark.parametrize("how", FINAL)
def test_in_a_pod_of_several_a_final_failure_keeps_no_other_from_running(tmp_path: Path, how: str) -> None:
    pods = one_pod(tmp_path, how, retries=2)
    ended = pods.attempt("each", 0)
    assert ended.code == 80, ended
    assert pods.termination.startswith("each[1] x=1: ")
    assert FINAL[how] in pods.termination
    assert finished(pods) == [0, 2]


@pytest.mark.parametrize("how", SYSTEM)
@pytest.mark.parametrize("retries", [0, 1])
def test_the_systems_failures_cost_the_user_nothing(tmp_path: Path, how: str, retries: int) -> None:
    pods = one_task(tmp_path, how, retries=retries)
    assert [pods.attempt("alone", attempt=number).code for number in range(3)] == [SYSTEM[how]] * 3


@pytest.mark.parametrize("how", SYSTEM)
def test_in_a_pod_of_several_the_systems_failure_ends_the_attempt(tmp_path: Path, how: str) -> None:
    pods = one_pod(tmp_path, how)
    assert pods.attempt("each", 0, attempt=0).code == SYSTEM[how]
    assert finished(pods) == [0]
    assert pods.attempt("each", 0, attempt=1).code == SYSTEM[how]
    assert finished(pods) == [0, 2]


@pytest.mark.parametrize("how", FINE)
def test_what_a_task_leaves_behind_keeps_nobody_waiting(tmp_path: Path, how: str) -> None:
    began = time.monotonic()
    pods, pod = one_task(tmp_path / "alone", how), one_pod(tmp_path / "pod", how)
    assert pods.attempt("alone").code == 0
    assert pods.output("alone") == 7
    assert pod.attempt("each", 0).code == 0
    assert time.monotonic() - began < 10


def test_a_process_that_dies_after_its_outputs_were_committed_has_succeeded(tmp_path: Path) -> None:
    assert one_task(tmp_path, "returns and dies").attempt("alone").code == 0


@pytest.mark.parametrize("task", ["odd", "odd_each"])
def test_a_result_that_cannot_be_pickled_is_the_users_failure(tmp_path: Path, task: str) -> None:
    pods = Pods(tmp_path, f"from __future__ import annotations\n{FLOW}")
    pods.map_pods = 1
    if task == "odd":
        pods.task("odd", {}, "opaque[flow.Odd]", retries=2)
        ended = pods.attempt("odd")
    else:
        pods.task("odd_each", {"x": ("int", [1, 2])}, "opaque[flow.Odd]", over="x", retries=2)
        ended = pods.attempt("odd_each", 0)
    assert ended.code == 80, ended
    assert "cannot pickle '_thread.lock' object" in pods.termination
    assert "Odd" in pods.termination
    assert "Traceback" not in ended.err or "dagwright/values" not in ended.err
