"""The output of a child: passed on as it comes, and its last 8 MiB kept for the attempt's log.

Bytes in, bytes out; in a local run every line gets a prefix that names node and index. Writes go straight to the file
descriptor, because a pod may die at any moment.
"""

from __future__ import annotations

import os
import select

TAIL_BYTES = 8 << 20
_LONGEST_LINE = 1 << 20


class Tail:
    """The last ``TAIL_BYTES`` of a stream of chunks."""

    __slots__ = ("_chunks", "_size")

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._size = 0

    def add(self, chunk: bytes) -> None:
        """Keep a chunk; what is older than the last 8 MiB is dropped, now and then."""
        self._chunks.append(chunk)
        self._size += len(chunk)
        if self._size > 2 * TAIL_BYTES:
            self._chunks = [self.bytes()]
            self._size = len(self._chunks[0])

    def bytes(self) -> bytes:
        """Give what is kept."""
        return b"".join(self._chunks)[-TAIL_BYTES:]


class Passage:
    """Passes one stream of the child on to a file descriptor; with a prefix, line by line."""

    __slots__ = ("_line", "_out", "_prefix")

    def __init__(self, out: int, prefix: bytes = b"") -> None:
        self._out = out
        self._prefix = prefix
        self._line = b""

    def write(self, chunk: bytes) -> None:
        """Pass a chunk on; with a prefix, one write a line, so that lines of two tasks never mix (up to the 4 KiB of a pipe)."""
        if not self._prefix:
            write_all(self._out, chunk)
            return
        whole, newline, rest = (self._line + chunk).rpartition(b"\n")
        self._line = rest
        if newline:
            for line in whole.split(b"\n"):
                write_all(self._out, self._prefix + line + b"\n")
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


def write_all(out: int, data: bytes) -> None:
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
