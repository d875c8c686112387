"""Text under edits: the whole of it, and the lines that change; and what findings say of their fixes.

Input: a text and edits whose spans point into it. Output: text, or the rows of a small diff. Knows nothing of files or encodings.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from dagwright_compiler.source import LINE_END, LineTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dagwright_compiler.diagnostics.model import Diagnostic, Edit


class Row(NamedTuple):
    """A line of a small diff: ``-`` with its number in the old text, or ``+`` with its number in the new one."""

    sign: str
    number: int
    text: str


def fix_mark(found: Diagnostic, *, unsafe: bool) -> str:
    """What stands behind the code of a finding that ``--fix`` ends."""
    return " [*]" if found.fix is not None and (unsafe or found.fix.is_certain) else ""


def fixable(found: Iterable[Diagnostic], *, unsafe: bool) -> str:
    """End of the summary line: ``, 2 fixable with --fix``; empty where there are no fixes."""
    fixes = [diagnostic.fix for diagnostic in found if diagnostic.fix is not None]
    certain = sum(fix.is_certain for fix in fixes)
    if unsafe:
        return f", {len(fixes)} fixable with --fix --unsafe-fixes" if fixes else ""
    others = len(fixes) - certain
    if certain and others:
        return f", {certain} fixable with --fix and {others} more with --unsafe-fixes"
    return f", {certain} fixable with --fix" if certain else f", {others} fixable with --fix --unsafe-fixes" if others else ""


def patched(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; they must not overlap."""
    table = LineTable(text)
    data = table.data
    for start, end, new in sorted(_located(table, edits), reverse=True):
        data = data[:start] + new + data[end:]
    return data.decode("utf-8", "surrogatepass")


def changed_rows(text: str, edits: Iterable[Edit]) -> tuple[Row, ...]:
    """The lines that edits change, old ones before new ones, stretch by stretch."""
    table = _table(text)
    rows: list[Row] = []
    added = 0
    for group in _stretches(edits):
        first, last = group[0].span.line, max(edit.span.end_line for edit in group)
        start, end = table.position(first), table.position(last + 1)
        old = table.data[start:end]
        new = bytearray(old)
        for at, to, replacement in sorted(_located(table, group), reverse=True):
            new[at - start : to - start] = replacement
        stretch = _trimmed(first, _lines(old), _lines(bytes(new)))
        rows += [row if row.sign == "-" else row._replace(number=row.number + added) for row in stretch]
        added += sum(1 if row.sign == "+" else -1 for row in stretch)
    return tuple(rows)


@lru_cache(maxsize=4)
def _table(text: str) -> LineTable:
    """The lines of a text; a file with many findings is split once."""
    return LineTable(text)


def _located(table: LineTable, edits: Iterable[Edit]) -> list[tuple[int, int, bytes]]:
    return [
        (
            table.position(edit.span.line, edit.span.column),
            table.position(edit.span.end_line, edit.span.end_column),
            edit.text.encode("utf-8", "surrogatepass"),
        )
        for edit in edits
    ]


def _stretches(edits: Iterable[Edit]) -> list[list[Edit]]:
    """Edits in order, together where they share lines."""
    groups: list[list[Edit]] = []
    last = 0
    for edit in sorted(edits, key=lambda edit: (edit.span.line, edit.span.column)):
        if groups and edit.span.line <= last:
            groups[-1].append(edit)
        else:
            groups.append([edit])
        last = max(last, edit.span.end_line)
    return groups


def _trimmed(first: int, old: list[str], new: list[str]) -> list[Row]:
    """Two versions of a stretch of lines without what they share at both ends."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    removed = [Row("-", first + at, old[at]) for at in range(start, len(old) - end)]
    return [*removed, *(Row("+", first + at, new[at]) for at in range(start, len(new) - end))]


def _lines(data: bytes) -> list[str]:
    lines = LINE_END.split(data.decode("utf-8", "surrogatepass"))
    return lines[:-1] if lines[-1] == "" else lines
