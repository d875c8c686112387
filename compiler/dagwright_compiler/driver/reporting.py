"""From everything that was found to what is shown: comments in the sources and settings have their say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from dagwright_compiler.diagnostics.model import in_reading_order

if TYPE_CHECKING:
    from dagwright_compiler.diagnostics.model import Diagnostic
    from dagwright_compiler.diagnostics.selection import Selection
    from dagwright_compiler.driver.reading import Reading
    from dagwright_compiler.source import SourceFile

_MARK = b"dagwright:"  # of ``pragmas``, which is imported only where it stands


def checked(reading: Reading, selection: Selection) -> tuple[Diagnostic, ...]:
    """What ``check`` shows: everything that is neither silenced nor deselected, and comments that silence nothing."""
    found = reading.diagnostics.sorted()
    marked = _marked(reading)
    if marked:
        from dagwright_compiler.diagnostics.pragmas import Pragmas

        pragmas = Pragmas(marked)
        shown = [diagnostic for diagnostic in found if not pragmas.silences(diagnostic)]
        about = [*pragmas.wrong]
        if not reading.diagnostics.has_errors:  # an error keeps lints from running, so nothing is known to be unused
            about += pragmas.unused()
        shown += [diagnostic for diagnostic in about if not pragmas.silences(diagnostic)]
        found = in_reading_order(shown)
    return _masked(selection.apply(found))


def told(reading: Reading, selection: Selection) -> tuple[Diagnostic, ...]:
    """What other commands show: an error is why nothing is written or run, so none is silenced; warnings obey comments and the selection."""
    found = reading.diagnostics.sorted()
    marked = _marked(reading) if found else []
    if marked:
        from dagwright_compiler.diagnostics.pragmas import Pragmas

        pragmas = Pragmas(marked)
        found = tuple(diagnostic for diagnostic in found if diagnostic.is_error or not pragmas.silences(diagnostic))
    return _masked(selection.apply(found, errors_stay=True))


def _masked(found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Messages quote constants, and logs of a CI are read by many."""
    if not found:
        return found
    from dagwright_compiler.diagnostics.secret_texts import masked

    return tuple(
        replace(diagnostic, message=masked(diagnostic.message))
        if masked(diagnostic.message) != diagnostic.message
        else diagnostic
        for diagnostic in found
    )


def _marked(reading: Reading) -> list[SourceFile]:
    """Sources that may hold comments for us: a search of bytes, so that all others cost nothing."""
    return [part for source in reading.elaborated.files if _MARK in source.data for part in source.shown()]
