"""Where spans lie, in the units that other programs count in: characters from 1, and offsets into the whole file.

Input: spans, whose columns are UTF-8 bytes, and sources. Output: places. What people see is laid out by ``cells``.
"""

from __future__ import annotations

import codecs
from itertools import accumulate
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright_compiler.source import SourceFile, Span


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """A span for programs.

    Lines and columns count from 1, columns in characters; ends are exclusive. Offsets count from 0 in the whole file: bytes as it would stand on
    the disk in UTF-8 (a byte order mark included), characters in its text. They are absent when the file is not at hand.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    byte_start: int | None = None
    byte_end: int | None = None
    character_start: int | None = None
    character_end: int | None = None


class Places:
    """Turns spans of a set of sources into places; each file is laid out once."""

    def __init__(self, sources: Mapping[str, SourceFile]) -> None:
        self._sources = sources
        self._layouts: dict[str, _Layout] = {}

    def place(self, span: Span) -> Place:
        """The place of a span."""
        layout = self._layout(span.path)
        if layout is None:
            return Place(span.path, span.line, span.column + 1, span.end_line, span.end_column + 1)
        column, byte_start, character_start = layout.point(span.line, span.column)
        end_column, byte_end, character_end = layout.point(span.end_line, span.end_column)
        return Place(
            span.path, span.line, column, span.end_line, end_column, byte_start, byte_end, character_start, character_end
        )

    def _layout(self, path: str) -> _Layout | None:
        if path not in self._layouts and path in self._sources:
            self._layouts[path] = _Layout(self._sources[path])
        return self._layouts.get(path)


class _Layout:
    """Lines of one file and where they begin, in bytes and in characters."""

    def __init__(self, source: SourceFile) -> None:
        # A file that could not be decoded has no text; its spans count the bytes that are there.
        data = source.text.encode("utf-8", "surrogatepass") or source.data
        # Of bytes, unlike of text, exactly Python's line ends split lines.
        self._lines = data.splitlines(keepends=True)
        mark = len(codecs.BOM_UTF8) if source.text and source.data.startswith(codecs.BOM_UTF8) else 0
        self._bytes = list(accumulate(map(len, self._lines), initial=mark))
        self._characters = list(accumulate(map(_length, self._lines), initial=0))

    def point(self, line: int, column: int) -> tuple[int, int, int]:
        """Column in characters from 1, offset in bytes, offset in characters; positions beyond the end are its end."""
        at = min(line - 1, len(self._lines))
        text = self._lines[at] if at < len(self._lines) else b""
        before = _length(text[:column])
        return before + 1, self._bytes[at] + min(column, len(text)), self._characters[at] + before


def _length(data: bytes) -> int:
    """Characters of UTF-8 bytes; what is none counts one each, as far as a decoder can tell."""
    if data.isascii():
        return len(data)
    try:
        return len(data.decode("utf-8", "surrogatepass"))
    except UnicodeDecodeError:
        return len(data.decode("utf-8", "replace"))
