"""Output on its way: whole lines behind their prefix, and never more of them in memory than one."""

from __future__ import annotations

import os
import random
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from dagwright.execution.output import TAIL_BYTES, Passage, Tail

if TYPE_CHECKING:
    from pathlib import Path

MIB = 1 << 20


@pytest.mark.parametrize(
    "size",
    [0, 1, 256 * 1024, 256 * 1024 + 1, TAIL_BYTES - 1, TAIL_BYTES, TAIL_BYTES + 1, 2 * TAIL_BYTES, 3 * TAIL_BYTES + 12345],
)
def test_the_end_of_an_output_is_kept_whole(tmp_path: Path, size: int) -> None:
    chance = random.Random(size)
    data = chance.randbytes(size)
    tail, at = Tail(str(tmp_path / "new")), 0
    while at < size:
        length = chance.randrange(1, 65537)
        tail.add(data[at : at + length])
        at += length
    assert tail.bytes() == data[-TAIL_BYTES:]
    assert not list(tmp_path.glob("*/*"))
    tail.close()


def test_where_nothing_can_be_written_the_newest_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    tail = Tail(str(tmp_path / "file" / "folder"))
    for number in range(100):
        tail.add(bytes([number]) * 65536)
    assert tail.bytes() == b"".join(bytes([number]) * 65536 for number in range(96, 100))


def test_a_full_disk_costs_what_is_older() -> None:
    tail = Tail("/dev/shm")
    tail._descriptor = os.open("/dev/full", os.O_WRONLY)
    for number in range(100):
        tail.add(bytes([number]) * 65536)
    assert tail.bytes() == b"".join(bytes([number]) * 65536 for number in range(96, 100))


def test_without_a_folder_nothing_is_kept() -> None:
    tail = Tail(None)
    tail.add(b"x")
    assert tail.bytes() == b""


def test_a_line_without_end_is_passed_on_in_pieces() -> None:
    reader, writer = os.pipe()
    passed = bytearray()

    def read() -> None:
        while chunk := os.read(reader, MIB):
            passed.extend(chunk)

    thread = threading.Thread(target=read)
    thread.start()
    passage = Passage(writer, b"n | ")
    for _ in range(48):
        passage.write(b"x" * 65536)
    before_its_end = len(passed)
    passage.close()
    os.close(writer)
    thread.join()
    os.close(reader)
    assert before_its_end > MIB
    assert passed.count(b"x") == 3 * MIB
    assert all(line.startswith(b"n | x") for line in passed.splitlines())


def test_lines_go_whole_and_several_at_once(tmp_path: Path) -> None:
    chance = random.Random(1)
    lines = [b"x" * chance.choice([0, 1, 50, 4000, 4096, 9000]) for _ in range(2000)]
    data = b"\n".join(lines) + b"\n"
    writes: list[bytes] = []
    reader, writer = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)  # which keeps writes apart
    thread = threading.Thread(target=lambda: writes.extend(iter(lambda: reader.recv(MIB), b"")))
    thread.start()
    passage, at = Passage(writer.fileno(), b"node | "), 0
    while at < len(data):
        length = chance.randrange(1, 65537)
        passage.write(data[at : at + length])
        at += length
    passage.close()
    writer.close()
    thread.join()
    reader.close()
    assert b"".join(writes) == b"".join(b"node | " + line + b"\n" for line in lines)
    assert all(part.endswith(b"\n") for part in writes)
    assert all(len(part) <= 4096 or part.count(b"\n") == 1 for part in writes)
    assert len(writes) < len(lines)
