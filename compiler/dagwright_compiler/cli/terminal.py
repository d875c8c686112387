"""Shows findings on a terminal: colour, width and the summary's exit code."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TextIO

from dagwright_compiler.cli.main import FINDINGS, SUCCESS, UNUSABLE
from dagwright_compiler.diagnostics.codes import UNREADABLE_FILE, UNREADABLE_SETTINGS
from dagwright_compiler.driver.reporting import told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dagwright_compiler.diagnostics.model import Diagnostic
    from dagwright_compiler.diagnostics.text import TextRenderer
    from dagwright_compiler.driver.reading import Reading

_UNREAD = (UNREADABLE_FILE.id, UNREADABLE_SETTINGS.id)


def show_findings(reading: Reading, stream: TextIO, *, color: str = "auto") -> int:
    """Print every finding and the summary line, if there is any.

    Args:
        reading: The project; its diagnostics are what is shown.
        stream: Where to.
        color: ``auto``, ``always`` or ``never``.

    Returns:
        The exit code that they call for: 2 when an input cannot be read, 1 for errors, 0 for warnings alone.
    """
    found = told(reading)
    if not found:
        return SUCCESS
    stream.write(renderer(reading, stream, color).report(found))
    stream.flush()
    return exit_code(found)


def exit_code(found: Sequence[Diagnostic]) -> int:
    """What findings call for: 2 when an input cannot be read, 1 for errors, 0 for warnings alone."""
    if any(diagnostic.code.id in _UNREAD for diagnostic in found):
        return UNUSABLE
    return FINDINGS if any(diagnostic.is_error for diagnostic in found) else SUCCESS


def renderer(reading: Reading, stream: TextIO, color: str, *, unsafe_fixes: bool = False) -> TextRenderer:
    """What lays findings out for people who watch a stream."""
    from dagwright_compiler.diagnostics.text import TextRenderer

    paint = wants_color(color, stream, os.environ)
    return TextRenderer(reading.sources(), width=width(stream), wrapped=stream.isatty(), color=paint, unsafe_fixes=unsafe_fixes)


def wants_color(choice: str, stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Decide on colour: the flag, else ``NO_COLOR``, else ``FORCE_COLOR``, else whether a terminal listens."""
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    forced = environ.get("FORCE_COLOR")
    if forced:
        return forced != "0"
    return stream.isatty() and environ.get("TERM") != "dumb"


def width(stream: TextIO) -> int:
    """Columns to write for: the terminal's, else 80."""
    import shutil  # takes 2 ms, which a clean file need not pay

    from dagwright_compiler.diagnostics.text import DEFAULT_WIDTH

    return shutil.get_terminal_size((DEFAULT_WIDTH, 0)).columns if stream.isatty() else DEFAULT_WIDTH
