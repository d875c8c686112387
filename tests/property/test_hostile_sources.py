"""Bad input never gives a traceback or half a file: golden inputs, damaged at random, through the whole compiler."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from golden_cases import cases

from dagwright_compiler.config import Settings
from dagwright_compiler.diagnostics.text import TextRenderer
from dagwright_compiler.driver.compiling import check_all, compile_all
from dagwright_compiler.driver.layout import stream
from dagwright_compiler.driver.naming import Wanted
from dagwright_compiler.driver.reading import read_sources

SOURCES = [case.entry.read_bytes() for case in cases() if case.entry.name == "input.py" and case.entry.stat().st_size < 5000]
TOKEN = re.compile(rb"\w+|[^\w\s]|\s+")


def damaged(chance: random.Random) -> bytes:
    """One to three edits of a golden input: tokens dropped, doubled, swapped or taken from another input, lines moved, bytes flipped."""
    source = chance.choice(SOURCES)
    for _ in range(chance.randint(1, 3)):
        tokens = TOKEN.findall(source)
        at = chance.randrange(len(tokens))
        kind = chance.randrange(6)
        if kind == 0:
            del tokens[at]
        elif kind == 1:
            tokens.insert(at, tokens[at])
        elif kind == 2:
            other = chance.randrange(len(tokens))
            tokens[at], tokens[other] = tokens[other], tokens[at]
        elif kind == 3:
            tokens[at] = chance.choice(TOKEN.findall(chance.choice(SOURCES)))
        elif kind == 4:
            lines = b"".join(tokens).split(b"\n")
            lines.insert(chance.randrange(len(lines)), lines.pop(chance.randrange(len(lines))))
            tokens = [b"\n".join(lines)]
        else:
            flipped = bytearray(b"".join(tokens))
            flipped[chance.randrange(len(flipped))] = chance.randrange(256)
            tokens = [bytes(flipped)]
        source = b"".join(tokens) or b"\n"
    return source


@pytest.mark.parametrize("block", range(8))
def test_a_damaged_source_is_compiled_or_refused(block: int) -> None:
    for seed in range(block * 40, block * 40 + 40):
        source = damaged(random.Random(seed))
        for form in ("ir", "argo", "batch"):
            reading = read_sources({"input.py": source}, Settings(root=Path("/project")))
            check_all(reading)
            text = stream(compile_all(reading, [Wanted(None, None, "input.py")], form))
            report = TextRenderer(reading.sources(), width=60).report(reading.diagnostics.sorted())
            assert reading.diagnostics.has_errors == (text == ""), (seed, report)
            text.encode()
            if reading.diagnostics.has_errors:
                break
