"""Renders diagnostics as text for people, in the form that rustc made familiar.

Input: diagnostics and the sources that their spans point into. Output: text; colour only when asked. Knows nothing of terminals:
the command line decides on width and colour.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from dagwright_compiler.diagnostics.cells import Cells, visible, width_of
from dagwright_compiler.diagnostics.patches import changed_rows, fix_mark, fixable
from dagwright_compiler.diagnostics.secret_texts import masked
from dagwright_compiler.diagnostics.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dagwright_compiler.diagnostics.model import Diagnostic, Fix
    from dagwright_compiler.diagnostics.patches import Row
    from dagwright_compiler.source import SourceFile, Span

DEFAULT_WIDTH = 80
"""Where no terminal tells its own: in a log, on a page."""
Paint = Callable[[str, str], str]
"""Wraps text in the colour of a kind."""
_LEAST_TEXT = 40
_MOST_ROWS = 8
"""Of the small diff of a fix."""
_ELLIPSIS = "..."
_LINE_END = re.compile("\r\n|\r|\n")
_CODES = {
    "error": "1;31",
    "warning": "1;33",
    "gutter": "1;34",
    "secondary": "1;34",
    "note": "1;32",
    "help": "1;36",
    "removed": "31",
    "added": "32",
    "message": "1",
}


class _Placed(NamedTuple):
    """A labelled span."""

    span: Span
    label: str
    primary: bool


class _Mark(NamedTuple):
    """An underlined stretch of one line, in cells."""

    start: int
    end: int
    primary: bool
    label: str


class TextRenderer:
    """Renders frames against a set of sources.

    Args:
        sources: Files by the path that spans name; a span into any other file is shown by its location alone.
        width: Columns to write for; longer source lines are clipped around what is marked, and labels that do not fit become notes.
        wrapped: Whether sentences are broken into lines of that width too, as people read them; where programs search, each stays one line.
        color: Whether to write ANSI colours.
        unsafe_fixes: Whether fixes that may be wrong count as what `--fix` does.
    """

    def __init__(
        self,
        sources: Mapping[str, SourceFile],
        *,
        width: int = DEFAULT_WIDTH,
        wrapped: bool = False,
        color: bool = False,
        unsafe_fixes: bool = False,
    ) -> None:
        self._sources = sources
        self.width = width
        self._wrapped = wrapped
        self._color = color
        self._unsafe_fixes = unsafe_fixes
        self._lines: dict[str, list[str]] = {}

    def report(self, found: Iterable[Diagnostic]) -> str:
        """Frames separated by empty lines, then where to read more and the summary; empty text when nothing was found."""
        diagnostics = list(found)
        if not diagnostics:
            return ""
        counts = summary(diagnostics) + fixable(diagnostics, unsafe=self._unsafe_fixes)
        return "\n".join([*map(self.frame, diagnostics), *self._broken(footer(diagnostics)), *self._broken(counts)]) + "\n"

    def frame(self, found: Diagnostic) -> str:
        """One finding with its source lines, notes and help; ends with a newline."""
        severity = found.code.severity
        start = f"{severity}[{found.code.id}]"
        mark = fix_mark(found, unsafe=self._unsafe_fixes)
        head, *rest = self._broken(found.message, first=len(start) + len(mark) + 2, indent=2)
        out = [self.paint(severity, start) + mark + self.paint("message", f": {head}")]
        out += [f"  {line}" for line in rest]
        notes: tuple[str, ...] = found.notes
        if found.span is not None:
            snippets = _Snippets(self, found, found.span)
            out += snippets.rows()
            notes = (*snippets.unplaced, *notes)
        for note in notes:
            out += self._paragraph("note", note)
        if found.help:
            out += self._paragraph("help", found.help)
        if found.fix is not None:
            out += self._fix(found, found.fix)
        return "\n".join(line.rstrip() for line in out) + "\n"

    def _fix(self, found: Diagnostic, fix: Fix) -> list[str]:
        """What a fix would do, as a small diff where it is small."""
        out = [] if found.help else self._paragraph("help", fix.message)
        path = fix.edits[0].span.path
        changed = changed_rows(self._sources[path].text, fix.edits) if self.has_source(path) else ()
        rows = [row._replace(text=masked(row.text)) for row in changed]
        gutter = len(str(max((row.number for row in rows), default=0)))
        lines = [Cells(row.text) for row in rows]
        if rows and len(rows) <= _MOST_ROWS:
            room = max(_LEAST_TEXT, self.width - gutter - 3)
            low = _first_cell(rows, lines, room)
            out.append(" " * gutter + self.paint("gutter", " |"))
            for row, line in zip(rows, lines, strict=True):
                text = f"{row.sign} {_clipped(line, low, room)}"
                kind = "removed" if row.sign == "-" else "added"
                out.append(f"{self.paint('gutter', f'{row.number:>{gutter}}')} {self.paint(kind, text)}")
        if not fix.is_certain:
            out += self._paragraph("note", "this may not be what you mean: only --unsafe-fixes writes it")
        return out

    def has_source(self, path: str) -> bool:
        """Whether lines of the file can be shown."""
        return path in self._sources

    def line(self, path: str, number: int) -> str:
        """Line ``number`` (from 1) of a file, split where Python splits lines; empty beyond the end."""
        lines = self._lines.get(path)
        if lines is None:
            lines = self._lines[path] = _LINE_END.split(masked(self._sources[path].text))
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def location(self, span: Span) -> str:
        """Where a span starts, as editors read it: ``path:line:column``, both from 1, the column in characters."""
        column = Cells(self.line(span.path, span.line)).character(span.column) if self.has_source(span.path) else span.column
        return f"{visible(span.path)}:{span.line}:{column + 1}"

    def paint(self, kind: str, text: str) -> str:
        """Colour text of a kind, if colours are wanted."""
        return f"\x1b[{_CODES[kind]}m{text}\x1b[0m" if self._color and text and kind else text

    def _paragraph(self, kind: str, text: str) -> list[str]:
        indent = len(kind) + 2
        head, *rest = self._broken(text, first=indent, indent=indent)
        return [f"{self.paint(kind, kind)}: {head}", *(" " * indent + line for line in rest)]

    def _broken(self, text: str, *, first: int = 0, indent: int = 0) -> list[str]:
        """Lines of a text, safe to print, at least one; ``first`` and ``indent`` are what stands before the first and before others."""
        lines: list[str] = []
        for line in text.split("\n"):
            before = indent if lines else first
            lines += self._folded(visible(line), self.width - before, self.width - indent)
        return lines

    def _folded(self, line: str, room: int, later: int) -> list[str]:
        """A line in pieces that fit; what is laid out by its own spaces, as code is, stays as it is."""
        if not self._wrapped or width_of(line) <= room or line.startswith(" "):
            return [line]
        out, rest = [], line
        while width_of(rest) > room:
            cut = _cut(rest, max(room, _LEAST_TEXT))
            if cut == len(rest):
                break
            out.append(rest[:cut].rstrip())
            rest, room = rest[cut:].lstrip(), later
        return [*out, rest]


def _first_cell(rows: Sequence[Row], lines: Sequence[Cells], room: int) -> int:
    """First cell to show of the lines of a small diff: 0 when all fit, else such that the change is seen."""
    widest = max(line.width for line in lines)
    if widest <= room:
        return 0
    removed, added = (next((row.text for row in rows if row.sign == sign), "") for sign in "-+")
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(removed, added, strict=False)))
    change = width_of(visible(removed[:same]))
    return 0 if change < room * 2 // 3 else max(0, min(change - room // 3, widest - room))


def _clipped(cells: Cells, low: int, room: int) -> str:
    """What of a line fits in ``room`` cells from a first one, with dots for what does not."""
    if not low and cells.width <= room:
        return cells.text(0, cells.width)
    left = _ELLIPSIS if low else ""
    right = _ELLIPSIS if low + room < cells.width else ""
    wanted = room - len(left) - len(right)
    text = cells.text(low + len(left), low + len(left) + wanted)
    return left + text + (" " * (wanted - width_of(text)) + right if right else "")


class _Snippets:
    """The source lines of one diagnostic: its primary span's file first, then the files of related spans.

    ``unplaced`` gathers labels that have no place beside a line (file not at hand, or clipped away); they become notes.
    """

    def __init__(self, renderer: TextRenderer, found: Diagnostic, primary: Span) -> None:
        self._renderer = renderer
        self._severity = found.code.severity
        self._by_file: dict[str, list[_Placed]] = {primary.path: [_Placed(primary, found.label, primary=True)]}
        for label in found.related:
            self._by_file.setdefault(label.span.path, []).append(_Placed(label.span, label.text, primary=False))
        last = max(placed.span.line for group in self._by_file.values() for placed in group)
        self._gutter = len(str(last))
        self._room = max(_LEAST_TEXT, renderer.width - self._gutter - 3)
        self.unplaced: list[str] = []

    def rows(self) -> list[str]:
        """All rows, locations included."""
        out: list[str] = []
        for path, group in self._by_file.items():
            arrow = ":::" if out else "-->"
            out.append(f"{' ' * self._gutter}{self._renderer.paint('gutter', arrow)} {self._renderer.location(group[0].span)}")
            if self._renderer.has_source(path):
                out += self._file(path, group)
            else:
                self._give_up(group)
        return out

    def _file(self, path: str, group: list[_Placed]) -> list[str]:
        """Marked lines in order; a single line between two is shown, more are three dots."""
        by_line: dict[int, list[_Placed]] = {}
        for placed in group:
            by_line.setdefault(placed.span.line, []).append(placed)
        out: list[str] = []
        previous = 0
        for number in sorted(by_line):
            if previous and number - previous == 2:
                out.append(self._numbered(number - 1, _clipped(Cells(self._renderer.line(path, number - 1)), 0, self._room)))
            elif previous and number - previous > 2:
                out.append(self._renderer.paint("gutter", _ELLIPSIS))
            out += self._marked_line(number, Cells(self._renderer.line(path, number)), by_line[number])
            previous = number
        return out

    def _marked_line(self, number: int, cells: Cells, group: list[_Placed]) -> list[str]:
        marks = [_mark(cells, placed) for placed in group]
        low = self._window(cells, marks)
        high = low + self._room
        kept: list[_Mark] = []
        for mark, placed in zip(marks, group, strict=True):
            is_seen = low < mark.end and mark.start < high
            fits = width_of(mark.label) <= self._room
            if is_seen:
                label = mark.label if fits else ""
                kept.append(mark._replace(start=max(mark.start, low) - low, end=min(mark.end, high) - low, label=label))
            if not (is_seen and fits):
                self._give_up([placed])
        margin = " " * self._gutter + self._renderer.paint("gutter", " |")
        return [self._numbered(number, _clipped(cells, low, self._room)), *(f"{margin} {row}" for row in self._underlines(kept))]

    def _underlines(self, marks: list[_Mark]) -> list[str]:
        """Rows below a line: underlines with the rightmost label, then the other labels hanging from connectors."""
        if not marks:
            return []
        ordered = sorted(marks, key=lambda mark: (mark.start, mark.end))
        last = ordered[-1]
        is_free = all(mark.end <= last.start for mark in ordered[:-1]) and last.end + 1 + width_of(last.label) <= self._room
        inline = last if is_free else None
        row = _Row()
        for mark in sorted(ordered, key=lambda mark: mark.primary):
            row.put(mark.start, ("^" if mark.primary else "-") * (mark.end - mark.start), self._style(mark))
        if inline is not None:
            row.put(inline.end + 1, inline.label, self._style(inline))
        rows = [row]
        hanging = [mark for mark in ordered if mark.label and mark is not inline]
        if hanging:
            rows.append(self._connectors(hanging))
        while hanging:
            mark = hanging.pop()
            row = self._connectors([other for other in hanging if other.start < mark.start])
            row.put(min(mark.start, self._room - width_of(mark.label)), mark.label, self._style(mark))
            rows.append(row)
        return [row.text(self._renderer.paint) for row in rows]

    def _connectors(self, marks: list[_Mark]) -> _Row:
        row = _Row()
        for mark in marks:
            row.put(mark.start, "|", self._style(mark))
        return row

    def _window(self, cells: Cells, marks: list[_Mark]) -> int:
        """First cell to show: 0 when the line fits, else such that the marks (at least the primary) are seen."""
        if cells.width <= self._room:
            return 0
        start, end = min(mark.start for mark in marks), max(mark.end for mark in marks)
        if end - start > self._room - 2 * len(_ELLIPSIS):
            anchor = next((mark for mark in marks if mark.primary), marks[0])
            start, end = anchor.start, min(anchor.end, anchor.start + self._room // 2)
        if end <= self._room - len(_ELLIPSIS):
            return 0
        return max(0, min(start - (self._room - (end - start)) // 2, cells.width - self._room))

    def _numbered(self, number: int, text: str) -> str:
        return f"{self._renderer.paint('gutter', f'{number:>{self._gutter}} |')} {text}"

    def _give_up(self, group: list[_Placed]) -> None:
        self.unplaced += [f"{self._renderer.location(placed.span)}: {placed.label}" for placed in group if placed.label]

    def _style(self, mark: _Mark) -> str:
        return self._severity if mark.primary else "secondary"


class _Row:
    """A row of cells to write labels and underlines into; later writing wins."""

    __slots__ = ("_pieces",)

    def __init__(self) -> None:
        self._pieces: dict[int, tuple[str, str]] = {}

    def put(self, start: int, text: str, style: str) -> None:
        """Write text at a cell. Labels come last in their row, so one glyph a key is enough."""
        for offset, char in enumerate(text):
            self._pieces[start + offset] = (char, style)

    def text(self, paint: Paint) -> str:
        """The row with runs of one style painted together."""
        out: list[str] = []
        run, kind, at = "", "", 0
        for cell in sorted(self._pieces):
            char, style = self._pieces[cell]
            if style != kind or cell != at:
                out.append(paint(kind, run))
                out.append(" " * (cell - at))
                run, kind = "", style
            run += char
            at = cell + 1
        return "".join([*out, paint(kind, run)])


def summary(found: Iterable[Diagnostic]) -> str:
    """Count findings: ``2 errors, 1 warning in 3 files``."""
    diagnostics = list(found)
    errors = sum(diagnostic.is_error for diagnostic in diagnostics)
    warnings = len(diagnostics) - errors
    files = {diagnostic.span.file[0] for diagnostic in diagnostics if diagnostic.span is not None}
    parts = [counted(count, word) for count, word in ((errors, "error"), (warnings, "warning")) if count]
    where = f" in {counted(len(files), 'file')}" if files else ""
    return (", ".join(parts) or "no findings") + where


def footer(found: Iterable[Diagnostic]) -> str:
    """Where more is said: the command for the first code, which stands for all of them."""
    codes = list(dict.fromkeys(diagnostic.code.id for diagnostic in found))
    what = "this" if len(codes) == 1 else "a code"
    return f"more on {what}: `dagwright explain {codes[0]}`"


def _cut(text: str, room: int) -> int:
    """Where a line is broken: at the last space within the room and best not within code, else at the first one behind it, or at its end."""
    used, last, outside, is_code = 0, 0, 0, False
    for at, char in enumerate(text):
        if used > room and last:
            break
        if char == " ":
            last = at
            outside = outside if is_code else at
        is_code ^= char == "`"
        used += width_of(char)
    if used <= room or not last:
        return len(text)
    return outside if 2 * outside > last else last


def _mark(cells: Cells, placed: _Placed) -> _Mark:
    """Lay a span out on its first line; a span over several lines is marked to the end of the first."""
    span = placed.span
    start = cells.cell(span.column)
    end = cells.cell(span.end_column) if span.end_line == span.line else cells.width
    return _Mark(start, max(end, start + 1), placed.primary, visible(" ".join(placed.label.split("\n"))))
