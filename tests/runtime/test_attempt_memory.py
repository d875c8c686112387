"""Attempts that the kernel takes memory from: real processes in a control group with a limit, where this machine lets us make one."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pods import Pods

if TYPE_CHECKING:
    from collections.abc import Iterator

MOUNT = Path("/sys/fs/cgroup")
LIMIT_BYTES = 96 << 20
FLOW = """
import subprocess, sys
from dagwright import map_task, task

def fill():
    hoard = []
    while True:
        hoard.append(bytearray(b"x" * (4 << 20)))

@task
def alone(how: str) -> int:
    if how == "itself": fill()
    if how == "another" and subprocess.run([sys.executable, "-c", "x = [bytearray(b'x' * (4 << 20)) for _ in range(1000)]"]).returncode:
        raise ValueError("my worker is gone")
    return 1

@task
def each(x: int) -> int:
    if x == 1: fill()
    return x
"""


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[Path]:
    """A Python that runs in a control group with ``LIMIT_BYTES`` of memory."""
    folder = _make_group(f"dagwright-test-{os.getpid()}")
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\necho $$ > {folder}/cgroup.procs\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    yield python
    folder.rmdir()


def _make_group(name: str) -> Path:
    first = MOUNT / "memory"
    folder = (first if first.exists() else MOUNT) / name
    try:
        folder.mkdir()
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error.strerror}")
    limits = ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes") if first.exists() else ("memory.max", "memory.swap.max")
    for file, limit in zip(limits, (LIMIT_BYTES, LIMIT_BYTES if first.exists() else 0), strict=True):
        if (folder / file).exists():
            (folder / file).write_text(str(limit))
    if not (folder / limits[0]).exists():
        folder.rmdir()
        pytest.skip("control groups here have no limit of memory")
    return folder


def test_an_attempt_that_was_killed_for_want_of_memory_names_the_limit(tmp_path: Path, limited: Path) -> None:
    one = Pods(tmp_path, FLOW, python=str(limited))
    one.task("alone", {"how": ("str", "itself")}, "int")
    ended = one.attempt("alone")
    assert ended.code == 74, ended
    text = "the task's process was killed for want of memory (limit 96Mi)"
    assert ended.err == f"dagwright: alone: {text} (exit 74; it may be tried again)\n"
    assert one.termination == f"alone: {text} (exit 74)\n"
    record = one.records("alone")[0]
    assert (record["ending"], record["message"], record["memory_kills"]) == ("transient", text, 1)
    assert 48 << 20 < record["peak_rss_bytes"] < 2 * LIMIT_BYTES  # of shared pages others pay a part
    assert one.error("alone")["memory_kills"] == 1


def test_a_failure_after_the_kernel_killed_what_the_task_started_says_so(tmp_path: Path, limited: Path) -> None:
    one = Pods(tmp_path, FLOW, python=str(limited))
    one.task("alone", {"how": ("str", "another")}, "int")
    ended = one.attempt("alone")
    assert ended.code == 80, ended
    shortage = "meanwhile the kernel killed a process of this container for want of memory (limit 96Mi)"
    assert ended.err.endswith(f"ValueError: my worker is gone\ndagwright: {shortage}\n")
    assert one.error("alone")["shortage"] == shortage
    assert shortage in one.termination


def test_an_element_among_others_is_named_with_the_limit(tmp_path: Path, limited: Path) -> None:
    one = Pods(tmp_path, FLOW, python=str(limited))
    one.map_pods = 1
    one.task("each", {"x": ("int", [0, 1, 2])}, "int", over="x")
    ended = one.attempt("each", 0)
    assert ended.code == 74, ended
    assert "each[1] x=1: the task's process was killed for want of memory (limit 96Mi)" in ended.err


@pytest.mark.parametrize(
    ("mark", "follows"),
    [
        ("[memory 1 of 2: 96Mi, then 192Mi]", "the next attempt gets 192Mi of memory"),
        ("[memory 2 of 2: 96Mi]", "no attempt gets more memory"),
    ],
)
def test_a_killed_attempt_says_what_the_next_one_gets(tmp_path: Path, limited: Path, mark: str, follows: str) -> None:
    one = Pods(tmp_path, FLOW, python=str(limited))
    one.task("alone", {"how": ("str", "itself")}, "int")
    one.stops = True
    ended = one.attempt("alone", DAGWRIGHT_MEMORY=mark)
    text = "alone: the task's process was killed for want of memory (limit 96Mi)"
    assert ended.err == f"dagwright: {text} (exit 74; {follows})\n"
    assert one.termination == f"{text} (exit 74) {mark}\n"
    assert bool(one.stored("run/run-1/stop*.json")) == (follows == "no attempt gets more memory")
