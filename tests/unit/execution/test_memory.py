"""What control groups say of memory, in files as the kernel writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dagwright.execution.memory import MemoryGroup, in_words

if TYPE_CHECKING:
    from pathlib import Path

MIB = 1 << 20
UNLIMITED = (1 << 63) - 4096


def group(mount: Path, membership: str, files: dict[str, str]) -> MemoryGroup:
    for name, text in files.items():
        path = mount / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (mount / "membership").write_text(membership)
    return MemoryGroup(str(mount), str(mount / "membership"))


def events(kills: int) -> str:
    return f"low 0\nhigh 0\nmax 17\noom 3\noom_kill {kills}\noom_group_kill 0\n"


def test_a_container_of_the_second_version_has_its_files_at_the_root(tmp_path: Path) -> None:
    found = group(tmp_path, "0::/\n", {"memory.events": events(2), "memory.max": f"{512 * MIB}\n"})
    assert (found.kills(), found.limit_bytes()) == (2, 512 * MIB)


@pytest.mark.parametrize("path", ["/kubepods/pod1/abc", "/../../other"])
def test_a_container_that_knows_its_path_from_outside_only_finds_its_files_all_the_same(tmp_path: Path, path: str) -> None:
    found = group(tmp_path, f"0::{path}\n", {"memory.events": events(0), "memory.max": f"{MIB}\n"})
    assert (found.kills(), found.limit_bytes()) == (0, MIB)


def test_the_least_limit_of_all_groups_around_counts(tmp_path: Path) -> None:
    files = {"pod/memory.max": f"{300 * MIB}\n", "pod/task/memory.max": "max\n", "pod/task/memory.events": events(1)}
    found = group(tmp_path, "0::/pod/task\n", files)
    assert (found.kills(), found.limit_bytes()) == (1, 300 * MIB)


def test_the_first_version_has_a_folder_of_its_own_for_memory(tmp_path: Path) -> None:
    membership = "12:cpu,cpuacct:/elsewhere\n5:memory:/docker/abc\n1:name=systemd:/docker/abc\n0::/\n"
    files = {
        "memory/docker/abc/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n",
        "memory/docker/abc/memory.limit_in_bytes": f"{64 * MIB}\n",
        "memory/docker/memory.limit_in_bytes": f"{UNLIMITED}\n",
    }
    found = group(tmp_path, membership, files)
    assert (found.kills(), found.limit_bytes()) == (4, 64 * MIB)


@pytest.mark.parametrize(
    "files", [{}, {"memory.events": "low 0\nhigh 0\n", "memory.max": "max\n"}], ids=["no files", "an old kernel"]
)
def test_where_the_kernel_says_nothing_nothing_is_known(tmp_path: Path, files: dict[str, str]) -> None:
    found = group(tmp_path, "0::/\n", files)
    assert (found.kills(), found.limit_bytes()) == (None, None)


def test_without_control_groups_nothing_is_known(tmp_path: Path) -> None:
    found = MemoryGroup(str(tmp_path), str(tmp_path / "absent"))
    assert (found.kills(), found.limit_bytes()) == (None, None)


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (512 * MIB, "limit 512Mi"),
        (1536 * MIB, "limit 1.5Gi"),
        (1 << 34, "limit 16Gi"),
        (10**9, "limit 953.67Mi"),
        (4096, "limit 4Ki"),
        (100, "limit 100"),
        (None, "no limit is set: the machine had no more"),
    ],
)
def test_a_limit_is_said_as_in_a_manifest(limit: int | None, words: str) -> None:
    assert in_words(limit) == words
