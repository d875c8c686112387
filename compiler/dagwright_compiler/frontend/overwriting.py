"""Overwrites stretches of a text so that every other line and column stays where it is. Columns are counted in bytes, as ``ast`` does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LINE_END = re.compile(r"(\r\n|\r|\n)")
HELD = "_"
"""The name that holds the place of an expression; its position tells it from the user's own."""


def overwritten(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    """The text with all edits (start, end, new text) made; one within another is lost with it."""
    pieces: list[str] = []
    done = 0
    for start, end, new in sorted(edits, key=lambda edit: (edit[0], -edit[1])):
        if start >= done:
            pieces += [text[done:start], new]
            done = end
    return "".join([*pieces, text[done:]])


def held(text: str) -> str:
    """An expression as wide and as high as the text (of three characters at least): a name in parentheses, one column to the right."""
    return f"({HELD}{spaces(text[2:-1])})"


def blank(text: str) -> str:
    """Blanks as wide as the text; its lines are joined, for there may be no bracket around them."""
    return _LINE_END.sub(r"\\\n", spaces(text))


def spaces(text: str) -> str:
    """Blanks as wide as the text, line by line."""
    lines = _LINE_END.split(text)
    return "".join(line if index % 2 else " " * len(line.encode("utf-8", "surrogatepass")) for index, line in enumerate(lines))
