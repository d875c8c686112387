"""A whole attempt killed at any moment: the next one completes, and no value is computed twice once it is pinned."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from pods import Pods

FLOW = """
import os, time
from dagwright import task
@task
def t(n: int) -> list[int]:
    with open(os.environ["CALLS"], "a") as calls:
        calls.write("call\\n")
    time.sleep(0.02)
    return list(range(n))
"""
_POINTS = [step * 0.008 for step in range(12)]


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(inner for child in children for inner in tree(int(child)))]


@pytest.mark.parametrize("delay", _POINTS)
def test_a_killed_attempt_is_completed_by_the_next(tmp_path: Path, delay: float) -> None:
    pods = Pods(tmp_path, f"from __future__ import annotations\n{FLOW}")
    pods.task("t", {"n": ("int", 20_000)}, "list[int]", cache={"version": "1"})
    pods.publish["t"] = [{"output": "o0", "parameter": "count-o0"}]
    calls = tmp_path / "calls"
    pods.environment["CALLS"] = str(calls)
    process = pods.start("t", attempt=0)
    time.sleep(delay)
    for pid in tree(process.pid):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.communicate(timeout=30)
    pinned = bool(pods.stored("run/run-1/t/out.json"))
    before = calls.read_text().count("call") if calls.exists() else 0
    ended = pods.attempt("t", attempt=1)
    assert ended.code == 0, ended
    assert (tmp_path / "work/control/count-o0").read_text() == "500"  # pods of a map over the list
    assert calls.read_text().count("call") <= before + (0 if pinned else 1)
    pods.run = "run-2"
    assert pods.attempt("t").code == 0
    assert pods.records("t")[0]["state"] == "cached"
