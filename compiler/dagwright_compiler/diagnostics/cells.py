"""Terminal cells: how wide a line of source is when shown, and which cell a UTF-8 byte column falls on.

Owns display width (tabs, wide and combining characters, control characters made visible); knows nothing of diagnostics.
"""

from __future__ import annotations

from unicodedata import category, combining, east_asian_width

TAB = "    "
"""Every tab is shown as four spaces, wherever it stands, so that carets below need no tab stops."""
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN = "\ufffd"


def visible(text: str) -> str:
    """Make text safe to print: control characters as pictures, text-direction marks and lone surrogates as U+FFFD.

    A file's name or line could otherwise move the cursor, recolour the terminal or reorder what the reader sees.
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_visible_char, text))


def width_of(text: str) -> int:
    """Cells that visible text takes."""
    return len(text) if text.isascii() else sum(map(_char_width, text))


class Cells:
    """One line of source, laid out in cells; ``width`` is their number."""

    __slots__ = ("_columns", "_glyphs", "_plain", "_raw", "width")

    def __init__(self, raw: str) -> None:
        self._raw = raw
        self._glyphs: list[tuple[str, int]] = []
        """Shown text and first cell of every character, in order."""
        self._columns: list[int] = []
        # Nearly every line of nearly every file: byte, character and cell are the same.
        self._plain = raw.isascii() and raw.isprintable()
        if self._plain:
            self.width = len(raw)
            return
        cell = 0
        for char in raw:
            shown = TAB if char == "\t" else _visible_char(char)
            self._glyphs.append((shown, cell))
            self._columns.append(cell)
            cell += width_of(shown)
        self._columns.append(cell)
        self.width = cell

    def character(self, byte_column: int) -> int:
        """Index of the character at a UTF-8 byte column; beyond the end it counts on, one a byte."""
        if self._raw.isascii():
            return byte_column
        data = self._raw.encode("utf-8", "surrogatepass")
        # Counted by first bytes: a lone surrogate is three bytes that no decoder takes. A column within a character is that character's.
        begun = sum(byte & 0xC0 != 0x80 for byte in data[:byte_column])
        is_within = byte_column < len(data) and data[byte_column] & 0xC0 == 0x80
        return begun - is_within + max(0, byte_column - len(data))

    def cell(self, byte_column: int) -> int:
        """First cell of the character at a UTF-8 byte column; the end of the line for columns beyond it."""
        if self._plain:
            return min(byte_column, self.width)
        return self._columns[min(self.character(byte_column), len(self._columns) - 1)]

    def text(self, start: int, end: int) -> str:
        """What stands in cells ``start`` to ``end``; half of a wide character is a space."""
        if self._plain:
            return self._raw[start:end]
        out: list[str] = []
        at = start
        for shown, first in self._glyphs:
            wide = width_of(shown)
            if first < start or first + wide > end or (wide == 0 and first == start and start > 0):
                continue
            out.append(" " * (first - at) + shown)
            at = first + wide
        return "".join(out)


def _visible_char(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if 0x80 <= code < 0xA0 or 0xD800 <= code < 0xE000 or char in _BIDI or char in "\u2028\u2029":
        return _UNSEEN
    return char


def _char_width(char: str) -> int:
    if char.isascii():
        return 1
    if combining(char) or (char != "\u00ad" and category(char) in ("Mn", "Me", "Cf")):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1
