"""What must hold for any input: no exception, no wait, findings that can be shown, and outputs where there is no error."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dagwright_compiler.config import Settings
from dagwright_compiler.diagnostics import formats, sarif
from dagwright_compiler.diagnostics.text import TextRenderer
from dagwright_compiler.driver.compiling import check_all, compile_all
from dagwright_compiler.driver.layout import stream
from dagwright_compiler.driver.naming import Wanted
from dagwright_compiler.driver.reading import Reading, read_sources
from dagwright_compiler.driver.reporting import checked

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_S = 2.0
"""Processor seconds of this thread for one command on one project: a hundred times what it takes, so that only what grows without bound is found."""
FORMS = ("ir", "plan", "argo", "batch")


class Examined(NamedTuple):
    """What came out: codes of findings, and whether the project is without errors."""

    codes: tuple[str, ...]
    accepted: bool
    seconds: float


class SlowError(AssertionError):
    """A project took longer than anyone waits."""


def examine(sources: Mapping[str, str | bytes]) -> Examined:
    """Check a project, show everything that is found in every way, and compile what is accepted.

    Raises:
        SlowError: It took too long. Every other exception is a defect of the product as well.
    """
    commands = [time.thread_time()]
    settings = Settings(root=Path("/project"))
    reading = read_sources(sources, settings)
    check_all(reading)
    _show(reading)
    accepted = not reading.diagnostics.has_errors
    codes = tuple(found.code.id for found in reading.diagnostics.sorted())
    for form in FORMS if accepted else ("ir",):
        commands.append(time.thread_time())
        reading = read_sources(sources, settings)
        text = stream(compile_all(reading, [Wanted(None, None, path) for path in sources], form))
        text.encode()
        assert text == "" or not reading.diagnostics.has_errors, "half an output"
        _show(reading)
    commands.append(time.thread_time())
    seconds = max(after - before for before, after in pairwise(commands))  # nobody waits for more than one command at a time
    if seconds > LONGEST_S:
        raise SlowError(f"{seconds:.1f} s")
    return Examined(codes, accepted, seconds)


def _show(reading: Reading) -> None:
    """Every renderer takes every finding, and places lie in their files."""
    found = checked(reading, reading.settings.check)
    sources = reading.sources()
    for width in (40, 100):
        TextRenderer(sources, width=width).report(found).encode("utf-8", "surrogatepass")
    for form in ("concise", "json", "github"):
        formats.render(found, sources, form).encode("utf-8", "surrogatepass")
    sarif.render(found, sources).encode("utf-8", "surrogatepass")
    for each in found:
        assert each.message, each
        for span in [each.span, *(label.span for label in each.related)]:
            if span is not None:
                source = sources[span.path]
                assert 1 <= span.line <= span.end_line, (each, span)
                assert span.line <= source.text.count("\n") + source.text.count("\r") + source.text.count("\f") + 1, (each, span)
                assert span.column >= 0, (each, span)
