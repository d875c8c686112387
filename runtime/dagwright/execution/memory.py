"""What the kernel says of this container's memory: how many of its processes it killed for want of it, and the limit.

Reads the files of control groups, version 2 or 1. Where there are none, nothing is known and nothing is claimed. A container whose own
files are mounted at the root is found as well as a process on a machine whose groups stand below it.
"""

from __future__ import annotations

import os

_MOUNT = "/sys/fs/cgroup"
_MEMBERSHIP = "/proc/self/cgroup"
_UNLIMITED = 1 << 60
"""Version 1 writes a number near 2**63 where there is no limit."""
_UNITS = (("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10))


class MemoryGroup:
    """The control group whose memory this process uses.

    Args:
        mount: Where control groups are mounted.
        membership: The file that names the groups of this process.
    """

    __slots__ = ("_folder", "_is_first_version", "_mount")

    def __init__(self, mount: str = _MOUNT, membership: str = _MEMBERSHIP) -> None:
        path, self._is_first_version = _path_of(membership)
        self._mount = os.path.join(mount, "memory") if self._is_first_version else mount
        self._folder = self._mount + path.rstrip("/")
        if not os.path.exists(os.path.join(self._folder, self._events)):
            self._folder = self._mount  # a container that sees its own files at the root, and its path from outside

    def kills(self) -> int | None:
        """Count the processes that the kernel has killed for want of memory; ``None`` where it does not say."""
        _, found, rest = _read(os.path.join(self._folder, self._events)).partition(b"\noom_kill ")
        return int(rest.partition(b"\n")[0]) if found else None

    def limit_bytes(self) -> int | None:
        """Give the least limit of the group and of those around it; ``None`` where there is none."""
        name = "memory.limit_in_bytes" if self._is_first_version else "memory.max"
        limits, folder = [], self._folder
        while len(folder) >= len(self._mount):
            text = _read(os.path.join(folder, name)).strip()
            limits += [int(text)] if text.isdigit() else []
            folder = os.path.dirname(folder)
        return min((limit for limit in limits if limit < _UNLIMITED), default=None)

    @property
    def _events(self) -> str:
        return "memory.oom_control" if self._is_first_version else "memory.events"


def in_words(limit_bytes: int | None) -> str:
    """Say what a limit is, as in a manifest."""
    if limit_bytes is None:
        return "no limit is set: the machine had no more"
    for unit, size in _UNITS:
        if limit_bytes >= size:
            return f"limit {round(limit_bytes / size, 2):g}{unit}"
    return f"limit {limit_bytes}"


def _path_of(membership: str) -> tuple[str, bool]:
    """Give the path of this process's group, and whether it is one of version 1."""
    path = b"/"
    for line in _read(membership).splitlines():
        _, controllers, found = line.split(b":", 2)
        if b"memory" in controllers.split(b","):
            return os.fsdecode(found), True
        if not controllers:
            path = found
    return os.fsdecode(path), False


def _read(path: str) -> bytes:
    """Read a small file of the kernel; an absent one is empty."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(descriptor, 1 << 14)
    except OSError:
        return b""
    finally:
        os.close(descriptor)
