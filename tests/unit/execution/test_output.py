"""Output on its way: whole lines behind their prefix, and never more of them in memory than one."""

from __future__ import annotations

import os
import threading

from dagwright.execution.output import Passage

MIB = 1 << 20


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
