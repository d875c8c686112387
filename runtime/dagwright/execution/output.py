"""The output of a child: passed on as it comes, and its last 8 MiB kept for the attempt's log.

Bytes in, bytes out; in a local run every line gets a prefix that names node and index. Writes go straight to the file
descriptor, because a pod may die at any moment.
"""

from __future__ import annotations

import os
import select

TAIL_BYTES = 8 << 20
_IN_MEMORY = 256 << 10
_LONGEST_LINE = 1 << 20
_AT_ONCE = 4096
"""What a write to a pipe puts in as a whole."""


class Tail:
    """The last ``TAIL_BYTES`` of a stream of chunks; of a long one, they stand in a file, as the memory is the task's.

    Args:
        folder: Where the file may stand; it has no name there. Where it cannot be written, less is kept; with ``None`` nothing is.
    """

    __slots__ = ("_descriptor", "_folder", "_memory", "_size")

    def __init__(self, folder: str | None) -> None:
        self._folder = folder
        self._memory = bytearray()
        self._descriptor: int | None = None
        self._size = 0  # of all that was written to the file, whose end runs on at its start

    def add(self, chunk: bytes) -> None:
        """Keep a chunk, at the cost of the oldest."""
        if self._folder is None:
            return
        self._memory += chunk
        if len(self._memory) > _IN_MEMORY:
            try:
                self._spill(self._folder)
            except OSError:  # no room, or nothing to write to: the newest is worth most
                self.close()
                self._folder, self._size = "", 0
        if len(self._memory) > _IN_MEMORY:
            del self._memory[:-_IN_MEMORY]

    def bytes(self) -> bytes:
        """Give what is kept."""
        if self._descriptor is None:
            return bytes(self._memory)
        start = max(0, self._size + len(self._memory) - TAIL_BYTES)
        at, length = start % TAIL_BYTES, self._size - start
        until_end = min(length, TAIL_BYTES - at)
        pieces = os.pread(self._descriptor, until_end, at), os.pread(self._descriptor, length - until_end, 0)
        return b"".join((*pieces, self._memory))

    def close(self) -> None:
        """Let the file go."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _spill(self, folder: str) -> None:
        """Move what is in memory to the file."""
        if not folder:
            return
        if self._descriptor is None:
            self._descriptor = _nameless_file(folder)
        while self._memory:
            at = self._size % TAIL_BYTES
            with memoryview(self._memory) as data:
                written = os.pwrite(self._descriptor, data[: TAIL_BYTES - at], at)
            del self._memory[:written]
            self._size += written


def _nameless_file(folder: str) -> int:
    """Open a file that is gone with its descriptor."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f".log-{os.urandom(8).hex()}")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    os.unlink(path)
    return descriptor


class Passage:
    """Passes one stream of the child on to a file descriptor; with a prefix, line by line."""

    __slots__ = ("_line", "_out", "_prefix")

    def __init__(self, out: int, prefix: bytes = b"") -> None:
        self._out = out
        self._prefix = prefix
        self._line = b""

    def write(self, chunk: bytes) -> None:
        """Pass a chunk on; with a prefix, whole lines to a write, so that lines of two tasks never mix (up to the 4 KiB of a pipe)."""
        if not self._prefix:
            write_all(self._out, chunk)
            return
        whole, newline, rest = (self._line + chunk).rpartition(b"\n")
        self._line = rest
        lines = memoryview(self._prefix + whole.replace(b"\n", b"\n" + self._prefix) + b"\n" if newline else b"")
        while lines:
            end = bytes(lines[:_AT_ONCE]).rfind(b"\n") + 1 if len(lines) > _AT_ONCE else len(lines)
            if not end:  # a longer line goes by itself
                end = _AT_ONCE + bytes(lines[_AT_ONCE:]).find(b"\n") + 1
            write_all(self._out, lines[:end])
            lines = lines[end:]
        if len(rest) > _LONGEST_LINE:  # a line without end would fill the memory
            self.close()

    def close(self) -> None:
        """Pass on a last line that lacks its end."""
        if self._line:
            write_all(self._out, self._prefix + self._line + b"\n")
            self._line = b""


def open_standard_descriptors() -> None:
    """Lead standard streams that this process was started without to the null device: a pipe in their place would be written to."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


def write_all(out: int, data: bytes | memoryview) -> None:
    """Write every byte; a closed reader, a full disk or a lost terminal is not the task's failure, so its output is dropped then."""
    view = memoryview(data)
    while view:
        view = view[_write_some(out, view) :]


def _write_some(out: int, view: memoryview) -> int:
    try:
        return os.write(out, view)
    except BlockingIOError:
        select.select([], [out], [])
        return 0
    except OSError:
        return len(view)
