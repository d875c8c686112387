"""The entry of Batch containers that are more than one attempt: every end is one of our codes."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from pods import RUNTIME, Pods, pinned

if TYPE_CHECKING:
    from pathlib import Path

FLOW = """
from dataclasses import dataclass
from dagwright import task, workflow

@dataclass
class Point:
    x: float

@task
def make() -> list[float]:
    print("made")
    return [1.0, 2.0]

@task
def double(x: float) -> float:
    return 2 * x

@task
def across(p: Point) -> float:
    return p.x

@workflow
def wf() -> list[float]:
    return make()

wf()
"""


@pytest.fixture
def pods(tmp_path: Path) -> Pods:
    return Pods(tmp_path, FLOW)


def batch(pods: Pods, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [pods.python, "-m", "dagwright.execution.batch", *arguments]
    return subprocess.run(command, env=pods.env(**environment), capture_output=True, text=True, check=False, timeout=60)


def test_a_damaged_list_is_one_line_and_final(pods: Pods) -> None:
    pods.task("make", {}, "list[float]")
    pods.task("double", {"x": ("float", pinned("make"))}, "float", over="x")
    assert pods.attempt("make").code == 0
    pods.stored("run/run-1/make/out.json")[0].write_text("torn")
    ended = batch(pods, "double", "--pool", "1")
    assert ended.returncode == 82, ended
    assert "the result v1/run/run-1/make/out.json" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("index", ["²", "-1", "one"])
def test_an_index_that_is_no_number_is_one_line(pods: Pods, index: str) -> None:
    ended = batch(pods, "double", "--element", AWS_BATCH_JOB_ARRAY_INDEX=index)
    assert ended.returncode == 82, ended
    assert len(ended.stderr.splitlines()) == 1


def test_a_call_at_module_level_is_not_executed_where_a_pool_counts_its_list(pods: Pods) -> None:
    pods.classes["flow.Point"] = {
        "kind": "dataclass",
        "module": "flow",
        "qualname": "Point",
        "fields": [{"name": "x", "type": "float"}],
    }
    pods.inputs = [{"name": "points", "type": "list[class[flow.Point]]"}]
    pods.task("across", {"p": ("class[flow.Point]", {"kind": "input", "name": "points"})}, "float", over="p")
    ended = batch(pods, "across", "--pool", "1", DAGWRIGHT_INPUT_points='[{"x": 1.5}, {"x": 2}]')
    assert ended.returncode == 0, ended
    assert len(pods.stored("run/run-1/across/*/out.json")) == 2
    assert "made" not in ended.stdout


@pytest.mark.parametrize("arguments", [["--attempts", "3"], ["--pool", "1"]])
def test_sigterm_before_an_attempt_listens_is_an_eviction(pods: Pods, tmp_path: Path, arguments: list[str]) -> None:
    pods.task("make", {}, "list[float]", retries=2)
    pods.task("double", {"x": ("float", [1.0])}, "float", over="x")
    site, ready = tmp_path / "site", tmp_path / "ready"
    site.mkdir()
    source = (
        f"import os, time\nif 'DAGWRIGHT_ATTEMPT' in os.environ:\n    open({str(ready)!r}, 'w').close()\n    time.sleep(30)\n"
    )
    (site / "sitecustomize.py").write_text(source)
    path = os.pathsep.join([str(site), str(RUNTIME)])
    unit = "make" if "--attempts" in arguments else "double"
    process = subprocess.Popen(
        [pods.python, "-m", "dagwright.execution.batch", unit, *arguments],
        env=pods.env(PYTHONPATH=path),
        stderr=subprocess.DEVNULL,
    )
    while not ready.exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 72
