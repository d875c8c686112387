"""Where keys and items stand in TOML text, of which ``tomllib`` says nothing: headers, dotted keys, inline tables, items of lists.

Input: text that ``tomllib`` has read. Output: places by path, a path being the keys from the top, and the numbers of items. Read only where something is
wrong with a value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r"[A-Za-z0-9_-]+|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'")
_TEXT = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")' r"|'''.*?'{3,5}(?!')" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^,\]}#\n]*")


class Place(NamedTuple):
    """A range of characters."""

    start: int
    end: int


def places(text: str) -> dict[Path, Place]:
    """Find every key and item: a key by its own text, a table by its header, an item by its first line."""
    reader = _Reader(text)
    reader.document()
    return reader.found


def nearest(found: dict[Path, Place], path: Path, least: int) -> tuple[Path, Place] | None:
    """The longest beginning of a path that has a place, of ``least`` parts or more."""
    for length in range(len(path), least - 1, -1):
        place = found.get(path[:length])
        if place is not None:
            return path[:length], place
    return None


class _Reader:
    """Walks through the text once; whatever is no TOML ends the walk."""

    def __init__(self, text: str) -> None:
        self.found: dict[Path, Place] = {}
        self._text = text
        self._at = 0
        self._lists: dict[Path, int] = {}
        """Number of the last table of each list of tables."""

    def document(self) -> None:
        table: Path = ()
        while self._skip(_BLANK) < len(self._text):
            start = self._at
            if self._text[self._at] == "[":
                table = self._header()
            elif not self._pair(table):
                return
            if self._at == start:
                return

    def _header(self) -> Path:
        is_item = self._text.startswith("[[", self._at)
        self._at += 2 if is_item else 1
        self._skip(_SPACE)
        start = self._at
        keys = [key for key, _ in self._keys()]
        place = Place(start, self._at_trimmed(start))
        self._at = self._text.find("\n", self._at) if "\n" in self._text[self._at :] else len(self._text)
        path: Path = ()
        for number, key in enumerate(keys):
            path = (*path, key)
            if is_item and number == len(keys) - 1:
                self._lists[path] = self._lists.get(path, -1) + 1
            self.found.setdefault(path, place)
            if path in self._lists:
                path = (*path, self._lists[path])
                self.found.setdefault(path, place)
        return path

    def _at_trimmed(self, start: int) -> int:
        return start + len(self._text[start : self._at].rstrip())

    def _keys(self) -> Iterator[tuple[str, Place]]:
        """Keys with dots between them."""
        while True:
            self._skip(_SPACE)
            key = _KEY.match(self._text, self._at)
            if key is None:
                return
            self._at = key.end()
            yield _unquoted(key[0]), Place(key.start(), key.end())
            self._skip(_SPACE)
            if not self._text.startswith(".", self._at):
                return
            self._at += 1

    def _pair(self, table: Path) -> bool:
        """One key and its value; whether there was one."""
        path = table
        start = self._at
        for key, place in self._keys():
            path = (*path, key)
            self.found.setdefault(path, Place(start, place.end))
        if path == table or not self._text.startswith("=", self._at):
            return False
        self._at += 1
        self._skip(_SPACE)
        self._value(path)
        return True

    def _value(self, path: Path) -> None:
        head = self._text[self._at : self._at + 1]
        if head in ("'", '"'):
            self._skip(_TEXT)
        elif head == "[":
            self._at += 1
            number = 0
            while self._skip(_BLANK) < len(self._text) and self._text[self._at] != "]":
                start = self._at
                self._value((*path, number))
                first_line = self._text[start : self._at].partition("\n")[0].rstrip()
                self.found[(*path, number)] = Place(start, start + len(first_line))
                number += 1
                self._comma()
                if self._at == start:
                    return
            self._at += 1
        elif head == "{":
            self._at += 1
            while self._skip(_BLANK) < len(self._text) and self._text[self._at] != "}":
                if not self._pair(path):
                    return
                self._comma()
            self._at += 1
        else:
            self._skip(_PLAIN)

    def _comma(self) -> None:
        self._skip(_BLANK)
        if self._text.startswith(",", self._at):
            self._at += 1

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self._text, self._at)
        if found is not None:
            self._at = found.end()
        return self._at


def _unquoted(key: str) -> str:
    if key[0] == "'":
        return key[1:-1]
    if key[0] != '"':
        return key
    import tomllib

    (name,) = tomllib.loads(f"{key} = 1")
    return name
