"""Shows findings: in which form and colour, how wide, and the exit code that they call for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TextIO

from msgspec.structs import replace

from dagwright_compiler.cli.main import FINDINGS, SUCCESS, UNUSABLE
from dagwright_compiler.diagnostics.codes import UNREADABLE_FILE, UNREADABLE_SETTINGS
from dagwright_compiler.driver.reporting import told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dagwright_compiler.diagnostics.model import Diagnostic
    from dagwright_compiler.diagnostics.selection import Selection
    from dagwright_compiler.diagnostics.text import TextRenderer
    from dagwright_compiler.driver.reading import Reading

_UNREAD = (UNREADABLE_FILE.id, UNREADABLE_SETTINGS.id)


def show_findings(
    reading: Reading,
    stream: TextIO,
    *,
    color: str = "auto",
    form: str = "full",
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
) -> int:
    """Print every finding and the summary line, if there is any.

    Args:
        reading: The project; its diagnostics are what is shown.
        stream: Where to.
        color: ``auto``, ``always`` or ``never``.
        form: One of ``options.FORMATS``.
        select: Codes to show instead of those of the settings; errors are shown in any case.
        ignore: Codes to leave out instead of those of the settings.

    Returns:
        The exit code that they call for: 2 when an input cannot be read, 1 for errors, 0 for warnings alone.
    """
    found = told(reading, selection(reading, select, ignore))
    stream.write(written(found, reading, stream, form, color=color))
    stream.flush()
    return exit_code(found)


def selection(reading: Reading, select: tuple[str, ...], ignore: tuple[str, ...]) -> Selection:
    """The selection of the settings, each part under its flag."""
    configured = reading.settings.check
    return replace(configured, select=select or configured.select, ignore=ignore or configured.ignore)


def written(
    found: Sequence[Diagnostic], reading: Reading, stream: TextIO, form: str, *, color: str, unsafe_fixes: bool = False
) -> str:
    """The text of findings; clean projects need none of the renderers, except where a program wants its document."""
    if not found and form not in ("json", "sarif"):
        return ""
    if form == "full":
        return renderer(reading, stream, color, unsafe_fixes=unsafe_fixes).report(found)
    if form == "sarif":
        from dagwright_compiler.diagnostics import sarif

        return sarif.render(found, reading.sources())
    from dagwright_compiler.diagnostics import formats

    return formats.render(found, reading.sources(), form, unsafe_fixes=unsafe_fixes)


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
