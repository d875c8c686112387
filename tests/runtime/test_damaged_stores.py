"""Stores that lost or changed what was in them, are full, or cannot be written: attempts notice, and say so in one line."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pods import Pods, pinned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pods import Ended

SOURCE = """
def make(seed):
    return [f"{seed}-{number:05d}" + "x" * 100 for number in range(2000)]

def size(items):
    return sum(map(len, items))

def fat():
    return "x" * 3_000_000
"""
LENGTH = 2000 * 107


def flow(folder: Path) -> Pods:
    pods = Pods(folder, SOURCE)
    pods.task("make", {"seed": ("int", 5)}, "list[str]", cache={"version": "1"})
    pods.task("size", {"items": ("list[str]", pinned("make"))}, "int")
    return pods


def flipped(at: float) -> Callable[[bytes], bytes]:
    def flip(data: bytes) -> bytes:
        position = int(at * (len(data) - 1))
        return data[:position] + bytes([data[position] ^ 0x10]) + data[position + 1 :]

    return flip


DAMAGES: dict[str, Callable[[bytes], bytes] | None] = {
    "first byte": flipped(0),
    "a byte within": flipped(0.37),
    "last byte": flipped(1),
    "half": lambda data: data[: len(data) // 2],
    "nothing left": lambda data: b"",
    "one byte more": lambda data: data + b" ",
    "no JSON": lambda data: b"\xff\x00" * 100,
    "gone": None,
}


@pytest.fixture(params=DAMAGES)
def damage(request: pytest.FixtureRequest) -> Callable[[Path], None]:
    change = DAMAGES[request.param]

    def apply(path: Path) -> None:
        if change is None:
            path.unlink()
        else:
            path.write_bytes(change(path.read_bytes()))

    return apply


def in_lines_of_ours(ended: Ended) -> bool:
    return all(line.startswith("dagwright: ") for line in ended.err.splitlines())


def test_a_damaged_pin_is_final_and_named(tmp_path: Path, damage: Callable[[Path], None], request: pytest.FixtureRequest) -> None:
    pods = flow(tmp_path)
    assert pods.attempt("make").code == 0
    [pin] = pods.stored("run/run-1/make/out.json")
    damage(pin)
    ended = pods.attempt("size")
    assert ended.code == 82, ended
    assert "v1/run/run-1/make/out.json" in ended.err
    assert in_lines_of_ours(ended)


def test_a_damaged_blob_is_final_for_a_consumer_and_made_again_by_a_producer(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    pods = flow(tmp_path)
    assert pods.attempt("make").code == 0
    [blob] = pods.stored("cas/*/*")
    damage(blob)
    ended = pods.attempt("size")
    assert ended.code == 82, ended
    assert f"a value in {(tmp_path / 'store').as_uri()} is damaged" in ended.err
    assert in_lines_of_ours(ended)
    pods.run = "run-2"
    assert pods.attempt("make").code == 0
    assert pods.attempt("size").code == 0
    assert pods.output("size") == LENGTH


def test_a_damaged_entry_is_made_again(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    pods = flow(tmp_path)
    assert pods.attempt("make").code == 0
    [entry] = pods.stored("ac/*/*/*/*.json")
    damage(entry)
    pods.run = "run-2"
    ended = pods.attempt("make")
    assert ended.code == 0, ended
    assert in_lines_of_ours(ended)
    assert pods.attempt("size").code == 0
    assert pods.output("size") == LENGTH


def test_a_damaged_record_of_an_attempt_changes_no_value(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    pods = flow(tmp_path)
    assert pods.attempt("make").code == 0
    [record] = pods.stored("run/run-1/make/attempt-*.json")
    damage(record)
    ended = pods.attempt("make", attempt=1)
    assert ended.code == 0, ended
    assert in_lines_of_ours(ended)
    assert pods.attempt("size").code == 0
    assert pods.output("size") == LENGTH


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A file system of its own; only root may."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no file system may be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_may_pass_and_nothing_half_written_stays(tmp_path: Path) -> None:
    pods = Pods(tmp_path, SOURCE)
    pods.task("fat", {}, "str")
    with mounted(tmp_path / "store", "size=2m"):
        ended = pods.attempt("fat")
        assert ended.code == 74, ended
        assert "No space left on device; make room there" in ended.err
        assert "fat" in ended.err.splitlines()[-1]
        assert in_lines_of_ours(ended)
        assert pods.stored("cas/*/*") == []
        assert list((tmp_path / "store" / ".tmp").iterdir()) == []
        subprocess.run(["mount", "-o", "remount,size=20m", str(tmp_path / "store")], check=True)
        assert pods.attempt("fat", attempt=1).code == 0


def test_a_store_that_cannot_be_written_is_final_and_says_what_to_do(tmp_path: Path) -> None:
    pods = flow(tmp_path)
    with mounted(tmp_path / "store", "ro"):
        ended = pods.attempt("make")
    assert ended.code == 82, ended
    assert "Read-only file system; mount the volume for writing" in ended.err.splitlines()[-1]
    assert in_lines_of_ours(ended)


def test_a_store_of_somebody_else_names_the_user(tmp_path: Path) -> None:
    pods = flow(tmp_path)
    store = tmp_path / "store"
    store.mkdir(mode=0o555)
    tmp_path.chmod(0o755)
    script = """
import os, sys
from dagwright.store import open_store, StoreError
store = open_store(sys.argv[1])
store.delete("k")
os.chdir(sys.argv[2])
if os.geteuid() == 0:
    os.chroot(".")
    store = open_store("file:///store")
    os.setuid(65534)
try:
    store.put("k", b"x")
except StoreError as error:
    print(error)
"""
    done = subprocess.run(
        [pods.python, "-c", script, store.as_uri(), str(tmp_path)], env=pods.env(), capture_output=True, text=True, check=False
    )
    uid = 65534 if os.geteuid() == 0 else os.geteuid()
    assert f"Permission denied; give this user (uid {uid}) the right to write there" in done.stdout, done


LOSING = """
def half(n):
    if n % 2:
        raise ValueError("odd \\x1b[31mnumber")
    return n // 2

def count(halves):
    return [half is None for half in halves].count(True)
"""


def test_a_damaged_note_of_a_lost_element_says_that_it_is_lost(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    pods = Pods(tmp_path, LOSING)
    pods.task("half", {"n": ("int", [0, 1, 2, 3])}, "int", over="n")
    pods.nodes[-1]["min_success_ratio"] = 0.5
    pods.task("count", {"halves": ("list[union[int,none]]", pinned("half"))}, "int")
    assert [pods.attempt("half", index).code for index in range(4)] == [0, 80, 0, 80]
    [first, _] = pods.stored("run/run-1/half/failed/*.json")
    damage(first)
    verdict = pods.attempt("half", "verdict")
    assert verdict.code == 0, verdict
    assert verdict.err.count("; its place in the list holds None") == 2
    assert pods.attempt("count").code == 0
    assert pods.output("count") == 2
    pods.nodes[0]["min_success_ratio"] = 0.75
    refused = pods.attempt("half", "verdict")
    assert refused.code == 80, refused
    [line] = refused.err.splitlines()
    assert line.isprintable()
    assert "2 of the 4 elements of half failed" in line
    assert "[3] n=3: ValueError: odd \\x1b[31mnumber" in line
