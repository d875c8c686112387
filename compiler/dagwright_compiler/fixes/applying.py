"""Applying fixes to files: which of them go together, and the bytes that they make."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics.patches import patched
from dagwright_compiler.fixes.notebook_cells import replace_cells
from dagwright_compiler.frontend.reading import encode
from dagwright_compiler.source import file_and_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dagwright_compiler.diagnostics.model import Diagnostic, Edit
    from dagwright_compiler.source import SourceFile


class UnwritableError(Exception):
    """A fix makes a text that cannot be stored in the file; the text of the exception says why."""


def choose(found: Iterable[Diagnostic], *, unsafe: bool) -> dict[str, list[Diagnostic]]:
    """Findings whose fixes can be applied together, by file (of a notebook: the file of all its cells).

    Args:
        found: Findings in reading order; of two that get in each other's way, the first is chosen.
        unsafe: Whether to take fixes that may not be what the user meant.
    """
    chosen: dict[str, list[Diagnostic]] = {}
    taken: dict[str, list[Edit]] = {}
    for diagnostic in found:
        fix = diagnostic.fix
        if fix is None or not (fix.is_certain or unsafe):
            continue
        path = fix.edits[0].span.path
        edits = taken.setdefault(path, [])
        new = [edit for edit in fix.edits if edit not in _near(edits, edit)]
        if new and not any(_meet(one, other) for one in new for other in _near(edits, one)):
            for edit in new:
                insort(edits, edit, key=_start)
            chosen.setdefault(file_and_cell(path)[0], []).append(diagnostic)
    return chosen


def rewritten(data: bytes, applied: Sequence[Diagnostic], sources: Mapping[str, SourceFile]) -> bytes:
    """A file's bytes with fixes applied; everything else in it stays as it is, byte for byte.

    Args:
        data: The file as it stands.
        applied: Findings of one file whose fixes go together.
        sources: The texts that their spans point into: the file, or cells of a notebook.

    Raises:
        UnwritableError: The new text has no bytes in the file's encoding, or the file cannot be changed without changing more.
    """
    edits: dict[str, dict[Edit, None]] = {}
    for diagnostic in applied:
        assert diagnostic.fix is not None
        for edit in diagnostic.fix.edits:
            edits.setdefault(edit.span.path, {})[edit] = None
    texts = {path: patched(sources[path].text, found) for path, found in edits.items()}
    first = next(iter(texts))
    if file_and_cell(first)[1]:
        made = replace_cells(data, {file_and_cell(path)[1]: text for path, text in texts.items()})
        if made is None:
            raise UnwritableError("the notebook's JSON is in a form that edits would change as a whole")
        return made
    try:
        if encode(sources[first].text, data) != data:
            raise UnwritableError("its encoding would not give back the bytes that stay")
        return encode(texts[first], data)
    except UnicodeError as error:
        raise UnwritableError(f"its encoding has no bytes for the new text ({error.__class__.__name__})") from None


def _start(edit: Edit) -> tuple[int, int]:
    return edit.span.line, edit.span.column


def _near(edits: list[Edit], edit: Edit) -> list[Edit]:
    """Those of sorted edits, all apart from each other, that another can meet: the last that begins no later, and what it reaches."""
    first = bisect_left(edits, _start(edit), key=_start)
    end = bisect_right(edits, (edit.span.end_line, edit.span.end_column), key=_start)
    return edits[max(first - 1, 0) : end]


def _meet(one: Edit, other: Edit) -> bool:
    """Whether two edits change the same place, so that their order would matter."""
    start, end = (one.span.line, one.span.column), (one.span.end_line, one.span.end_column)
    other_start, other_end = (other.span.line, other.span.column), (other.span.end_line, other.span.end_column)
    return start == other_start or (start < other_end and other_start < end)
