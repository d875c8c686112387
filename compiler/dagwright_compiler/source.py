"""Source files and spans: where something stands in the user's text.

Knows bytes, lines and columns; knows nothing of Python's grammar.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import Any

import msgspec

CELL = ":cell "
"""Between a notebook's path and the number of a cell."""
LINE_END = re.compile(r"\r\n|\r|\n")
"""Python's line ends: form feeds and Unicode separators are none."""


class SourceFile(msgspec.Struct, frozen=True, eq=False):
    """One file as read.

    ``path`` is what messages print (relative to the working directory where possible), ``text`` is decoded, line ends kept as they are, ``module`` the dotted name of the module.
    """

    path: str
    module: str
    data: bytes
    text: str

    def line(self, number: int) -> str:
        """Text of line ``number`` (from 1) without its end; empty beyond the end.

        Lines are Python's: form feeds and Unicode separators do not end one.
        """
        lines = LINE_END.split(self.text)
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def place(self, line: int, column: int, end_line: int, end_column: int) -> Span:
        """A stretch of ``text`` as messages name it."""
        return Span(self.path, line, column, end_line, end_column)

    def runs_in_a_loop(self, line: int) -> bool:  # noqa: ARG002 - of notebooks
        """Whether the statement of the module that begins on a line may await, as those of notebooks may."""
        return False

    def shown(self) -> tuple[SourceFile, ...]:
        """The files that spans of this one name: itself, or the parts that people know it by."""
        return (self,)


def file_and_cell(path: str) -> tuple[str, int]:
    """What a span's path names: the file, and the number of the cell where it is a notebook (``flow.ipynb:cell 3``), else 0."""
    file, _, cell = path.rpartition(CELL)
    return (file, int(cell)) if file and cell.isdecimal() else (path, 0)


class Span(msgspec.Struct, frozen=True):
    """A stretch of one file. Lines from 1; columns are 0-based UTF-8 byte offsets in the line, as ``ast`` gives them; ends exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def file(self) -> tuple[str, int]:
        """The file, and the number of the cell where it is a notebook, else 0."""
        return file_and_cell(self.path)


class LineTable:
    """Where the lines of a text begin, counted in bytes as ``ast`` counts columns."""

    __slots__ = ("_starts", "data")

    def __init__(self, text: str) -> None:
        self.data = text.encode("utf-8", "surrogatepass")
        """The text in UTF-8."""
        # Of bytes, unlike of text, exactly Python's line ends split lines.
        self._starts = list(accumulate(map(len, self.data.splitlines(keepends=True)), initial=0))

    @property
    def starts(self) -> list[int]:
        """Offset of each line into ``data``, and that of its end."""
        return self._starts

    def cut(self, node: Any) -> bytes:
        """The source of a syntax node."""
        starts = self._starts
        return self.data[starts[node.lineno - 1] + node.col_offset : starts[node.end_lineno - 1] + node.end_col_offset]

    def lines_of(self, node: Any) -> bytes:
        """The whole lines that a syntax node stands on; its source, where it has them to itself."""
        starts = self._starts
        return self.data[starts[node.lineno - 1] : starts[min(node.end_lineno, len(starts) - 1)]]

    def cut_around(self, node: Any, part: Any) -> tuple[bytes, bytes]:
        """The source of a syntax node before and after a part of it."""
        starts, data = self._starts, self.data
        before = data[starts[node.lineno - 1] + node.col_offset : starts[part.lineno - 1] + part.col_offset]
        return before, data[starts[part.end_lineno - 1] + part.end_col_offset : starts[node.end_lineno - 1] + node.end_col_offset]

    def width(self, line: int) -> int:
        """Bytes of a line without its end."""
        starts = self._starts
        return len(self.data[starts[line - 1] : starts[line]].rstrip(b"\r\n")) if line < len(starts) else 0

    def line(self, position: int) -> int:
        """The line, from 1, that an offset into ``data`` stands in."""
        return bisect_right(self._starts, position)

    def position(self, line: int, column: int = 0) -> int:
        """Offset into ``data``; the end of the text for lines beyond it."""
        starts = self._starts
        return starts[line - 1] + column if line <= len(starts) else len(self.data)
