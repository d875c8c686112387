"""What user code may do to its process, and what may happen around it: the supervisor's word stays right and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from pods import Pods

FLOW = """
import atexit, io, os, signal, subprocess, sys, time
from dagwright import RecoverableError, task

class Mute(Exception):
    def __str__(self):
        raise RuntimeError("no words")

def fail():
    raise RuntimeError("too late to matter")

@task
def ends(how: str) -> int:
    if how == "forks and exits":
        pid = os.fork()
        if pid == 0:
            sys.exit(3)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if how == "forks and returns":
        pid = os.fork()
        if pid == 0:
            return 99
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if how == "forks and raises":
        pid = os.fork()
        if pid == 0:
            raise ValueError("in the fork")
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if how == "leaves a noisy daemon":
        noisy = subprocess.Popen(["sh", "-c", "yes& yes >&2& yes & yes"], start_new_session=True)
        with open(os.environ["READY"], "w") as file:
            file.write(str(noisy.pid))
        return 7
    if how == "raises a mute error":
        raise Mute
    if how == "says very much":
        raise ValueError("x" * 30_000_000)
    if how == "prints to the first stdout":
        sys.__stdout__.write("to the first stdout")
        return 7
    if how == "fails at exit":
        atexit.register(fail)
        print("no end of line", end="")
        return 7
    if how == "closes stdout":
        sys.stdout.close()
        return 7
    if how == "closes stdout and says more":
        sys.stdout.close()
        sys.stderr.write("more")
        return 7
    if how == "closes what it does not know":
        os.closerange(3, 256)
        return 7
    if how == "prints forever":
        with open(os.environ["READY"], "w") as file:
            file.write(str(os.getpid()))
        while True:
            print("x" * 1000)
    if how == "sleeps":
        with open(os.environ["READY"], "w") as file:
            file.write(str(os.getpid()))
        time.sleep(60)
    raise AssertionError(how)
"""


def pods(folder: Path, how: str, **policy: object) -> Pods:
    pods = Pods(folder, FLOW)
    pods.environment["READY"] = str(folder / "ready")
    pods.task("ends", {"how": ("str", how)}, "int", **policy)
    return pods


def pid_of_the_task(pods: Pods) -> int:
    for _ in range(3000):
        path = Path(pods.environment["READY"])
        if path.exists() and path.read_text():
            return int(path.read_text())
        time.sleep(0.01)
    raise AssertionError("the task did not begin")


def has_ended(pid: int) -> bool:
    for _ in range(3000):
        try:
            if " Z " in Path(f"/proc/{pid}/stat").read_text():
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize(("how", "status"), [("forks and exits", 3), ("forks and returns", 0), ("forks and raises", 1)])
def test_a_process_that_the_task_forked_speaks_not_for_the_attempt(tmp_path: Path, how: str, status: int) -> None:
    one = pods(tmp_path, how)
    ended = one.attempt("ends")
    assert ended.code == 0, ended
    assert one.output("ends") == status
    assert [record["ending"] for record in one.records("ends")] == ["succeeded"]
    assert ("ValueError: in the fork" in ended.err) == (how == "forks and raises")


def test_a_daemon_that_prints_forever_does_not_keep_the_attempt(tmp_path: Path) -> None:
    one = pods(tmp_path, "leaves a noisy daemon")
    process = subprocess.Popen(
        [one.python, "-m", "dagwright.execution", "ends"], env=one.env(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        assert process.wait(timeout=10) == 0
    finally:
        process.kill()
        process.wait()
        os.killpg(pid_of_the_task(one), signal.SIGKILL)
    assert one.output("ends") == 7


def test_an_error_that_cannot_say_what_it_is_stays_the_users(tmp_path: Path) -> None:
    one = pods(tmp_path, "raises a mute error")
    ended = one.attempt("ends")
    assert ended.code == 80, ended
    assert one.error("ends")["message"] == "<the message cannot be made: RuntimeError>"


def test_a_message_of_any_length_is_cut(tmp_path: Path) -> None:
    one = pods(tmp_path, "says very much")
    ended = one.attempt("ends")
    assert ended.code == 80
    assert len(ended.err) < 200_000
    assert len(one.error("ends")["message"]) < 100_000


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("prints to the first stdout", "to the first stdout"),
        ("fails at exit", "no end of line"),
        ("closes stdout", ""),
        ("closes stdout and says more", ""),
    ],
)
def test_what_was_printed_arrives_however_the_process_ends(tmp_path: Path, how: str, said: str) -> None:
    one = pods(tmp_path, how)
    ended = one.attempt("ends")
    assert ended.code == 0, ended
    assert ended.out == said
    if how == "closes stdout and says more":
        assert ended.err == "more"


@pytest.mark.parametrize(
    ("closed", "out"), [("<&-", "to the first stdout"), ("2>&-", "to the first stdout"), (">&-", ""), ("<&- >&- 2>&-", "")]
)
def test_standard_streams_that_are_closed_from_the_start_do_no_harm(tmp_path: Path, closed: str, out: str) -> None:
    one = pods(tmp_path, "prints to the first stdout")
    command = f"exec '{one.python}' -m dagwright.execution ends {closed}"
    ended = subprocess.run(["sh", "-c", command], env=one.env(), capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 0, ended
    assert ended.stdout == out
    assert one.stored("run/run-1/ends/attempt-0000.log")[0].read_text() == "to the first stdout"


def test_a_task_that_closes_what_it_does_not_know_fails_by_its_own_doing(tmp_path: Path) -> None:
    ended = pods(tmp_path, "closes what it does not know").attempt("ends")
    assert ended.code == 80, ended


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_ends_the_supervisor_ends_the_task(tmp_path: Path, number: signal.Signals) -> None:
    one = pods(tmp_path, "sleeps")
    process = one.start("ends")
    task = pid_of_the_task(one)
    process.send_signal(number)
    process.communicate(timeout=30)
    assert has_ended(task)
    assert process.returncode == 72
    assert [record["ending"] for record in one.records("ends")] == ["terminated"]


def test_hangups_that_are_ignored_stay_ignored(tmp_path: Path) -> None:
    one = pods(tmp_path, "sleeps")
    process = subprocess.Popen(
        ["nohup", one.python, "-m", "dagwright.execution", "ends"],
        env=one.env(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    task = pid_of_the_task(one)
    process.send_signal(signal.SIGHUP)
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 72
    assert has_ended(task)


def test_output_that_has_nowhere_to_go_is_dropped_and_the_attempt_goes_on(tmp_path: Path) -> None:
    one = pods(tmp_path, "prints forever", timeout_s=0.3)
    with Path("/dev/full").open("wb") as full:
        process = subprocess.Popen([one.python, "-m", "dagwright.execution", "ends"], env=one.env(), stdout=full, stderr=full)
        task = pid_of_the_task(one)
        assert process.wait(timeout=30) == 83
    assert has_ended(task)
