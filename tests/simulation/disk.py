"""A pod's own disk: files of the attempt at work, which outlive its processes and no machine. Writes tear where a process dies."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

from simulation.small import clock

if TYPE_CHECKING:
    from collections.abc import Buffer

    from simulation.world import Actor


class Disk:
    """Files by path."""

    def __init__(self) -> None:
        self.files: dict[str, bytearray] = {}

    def append(self, actor: Actor, path: str, data: bytes) -> int:
        """Write what the kernel takes at once; a process may die within it."""
        file = self.files.setdefault(path, bytearray())
        drawn = actor.world.rng.random()
        if not actor.world.is_quiet and drawn < actor.faults.crash:
            file += data[: int(actor.world.rng.random() * (len(data) + 1))]
            actor.die()
        written = data if drawn < 0.95 else data[: len(data) // 2 + 1]
        file += written
        return len(written)


class DiskSystem:
    """What the journal finds as ``os``: the disk of the actor whose turn it is."""

    path = os.path
    O_WRONLY, O_CREAT, O_APPEND = os.O_WRONLY, os.O_CREAT, os.O_APPEND

    def makedirs(self, path: str, *, exist_ok: bool) -> None:
        """Folders are names here."""

    def open(self, path: str, _flags: int, _mode: int) -> str:
        """A descriptor is a path here."""
        return path

    def write(self, descriptor: str, data: Buffer) -> int:
        """Append to a file."""
        actor = clock.running
        return actor.disk.append(actor, descriptor, bytes(data))

    def close(self, descriptor: str) -> None:
        """Nothing is left open."""


def open_file(path: str, mode: str) -> io.BytesIO:
    """What the journal finds as ``open``."""
    assert mode == "rb"
    files = clock.running.disk.files
    if path not in files:
        raise FileNotFoundError(path)
    return io.BytesIO(bytes(files[path]))
