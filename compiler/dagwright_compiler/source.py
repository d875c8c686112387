"""Source files and spans: where something stands in the user's text.

Knows bytes, lines and columns; knows nothing of Python's grammar.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Any

import msgspec

_LINE_END = re.compile(r"\r\n|\r|\n")


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
        lines = _LINE_END.split(self.text)
        return lines[number - 1] if 0 < number <= len(lines) else ""


class Span(msgspec.Struct, frozen=True):
    """A stretch of one file. Lines from 1; columns are 0-based UTF-8 byte offsets in the line, as ``ast`` gives them; ends exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


class LineTable:
    """Where the lines of a text begin, counted in bytes as ``ast`` counts columns."""

    __slots__ = ("_starts", "data")

    def __init__(self, text: str) -> None:
        self.data = text.encode("utf-8", "surrogatepass")
        """The text in UTF-8."""
        # Of bytes, unlike of text, exactly Python's line ends split lines.
        self._starts = list(accumulate(map(len, self.data.splitlines(keepends=True)), initial=0))

    def cut(self, node: Any) -> bytes:
        """The source of a syntax node."""
        starts = self._starts
        return self.data[starts[node.lineno - 1] + node.col_offset : starts[node.end_lineno - 1] + node.end_col_offset]

    def position(self, line: int, column: int = 0) -> int:
        """Offset into ``data``; the end of the text for lines beyond it."""
        starts = self._starts
        return starts[line - 1] + column if line <= len(starts) else len(self.data)
