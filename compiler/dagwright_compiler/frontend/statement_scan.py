"""A scan of Python text for the places that newer grammar needs: strings, brackets and the beginnings of statements.

Sees what no version of ``tokenize`` but the newest does: strings within format strings. Knows nothing of meaning.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

from dagwright_compiler.frontend.format_strings import StringLiteral, Unclosed, scan_string

if TYPE_CHECKING:
    from collections.abc import Callable

_TOKEN = re.compile(
    r"(?P<string>(?:[bBfFrRtTuU]{1,2})?[\"'])|(?P<other>\w+|[^\s\w\"'#()\[\]{}\\:;,]+)|(?P<end>\r\n|\r|\n)|(?P<open>[(\[{])|(?P<close>[)\]}])"
    r"|(?P<stop>[:;])|(?P<comma>,)|(?P<blank>[ \t\f]+|\\(?:\r\n|\r|\n)|#[^\r\n]*)|(?P<strange>.)"
)
_ALIAS = re.compile(r"type[ \t\f]+([^\W\d]\w*)[ \t\f]*(?=[=\[])")
_DEFINITION = re.compile(r"(?:(?:async[ \t\f]+)?def|class)[ \t\f]+([^\W\d]\w*)[ \t\f]*(?=\[)")
_HANDLER = re.compile(r"except\b")
_MARGIN = re.compile(r"[ \t\f]*")
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_MOST_OPEN = 200
"""Brackets within brackets, as Python's own limit."""


class Head(NamedTuple):
    """The beginning of ``type X``, ``def f`` or ``class C``, up to where its parameters would begin."""

    start: int
    name_start: int
    name: str
    end: int


class Sink(Protocol):
    """Takes what a scan finds, each thing as soon as its end is known."""

    def alias(self, head: Head, parameters: tuple[int, int] | None) -> None:
        """``type X =`` or ``type X[...] =``, with the place of the brackets."""
        ...

    def definition(self, head: Head, parameters: tuple[int, int]) -> None:
        """``def f[...]`` or ``class C[...]``."""
        ...

    def handler(self, keyword: int, comma: int, colon: int) -> None:
        """``except A, B:``."""
        ...

    def string(self, literals: list[StringLiteral]) -> None:
        """One string, of adjacent literals."""
        ...

    def statement(self, start: int, end: int) -> None:
        """A line of statements, without what it is indented by and without its end."""
        ...


class _Open(NamedTuple):
    """An open bracket: what closes it, and what is to happen then."""

    closing: str
    start: int
    done: Callable[[tuple[int, int]], None] | None


class Scan:
    """One walk over a text.

    Args:
        text: A whole module, or one expression in parentheses.
        sink: Takes what is found.
    """

    def __init__(self, text: str, sink: Sink) -> None:
        self._text = text
        self._sink = sink
        self._open: list[_Open] = []
        self._literals: list[StringLiteral] = []
        self._parameters_at = -1
        self._done: Callable[[tuple[int, int]], None] | None = None
        self._handler = -1
        self._comma = -1
        self._line_start = -1

    def run(self) -> None:
        """Walk.

        Raises:
            Unclosed: Strings or brackets do not match: no version of Python reads this.
        """
        text, position = self._text, 0
        fresh = True
        while position < len(text):
            if fresh and not self._open:
                self._begin(position)
            token = _TOKEN.match(text, position)
            assert token is not None
            kind = token.lastgroup
            if kind == "string":
                literal = scan_string(text, position)
                self._literals.append(literal)
                position, fresh = literal.end, False
                continue
            position = token.end()
            if kind == "blank" or (kind == "end" and self._open):
                continue
            self._flush()
            fresh = kind in ("end", "stop") and not self._open
            if kind != "other":
                self._punctuation(kind, token)
        self._flush()
        if self._open:
            raise Unclosed(self._open[-1].start)
        self._end_line(len(text))

    def _punctuation(self, kind: str | None, token: re.Match[str]) -> None:
        start = token.start()
        if kind == "open":
            if len(self._open) >= _MOST_OPEN:
                raise Unclosed(start)
            done = self._done if start == self._parameters_at else None
            self._open.append(_Open(_CLOSING[token.group()], start, done))
        elif kind == "close":
            if not self._open or self._open[-1].closing != token.group():
                raise Unclosed(start)
            opened = self._open.pop()
            if opened.done is not None:
                opened.done((opened.start, token.end()))
        elif kind == "end":
            self._end_line(start)
        elif not self._open and self._handler >= 0:
            self._in_handler(token)

    def _in_handler(self, token: re.Match[str]) -> None:
        if token.group() == "," and self._comma < 0:
            self._comma = token.start()
        elif token.group() == ":":
            if self._comma >= 0:
                self._sink.handler(self._handler, self._comma, token.start())
            self._handler = self._comma = -1

    def _begin(self, position: int) -> None:
        """Look at what a statement may begin with; blanks in front of it are met again as tokens."""
        text = self._text
        margin = _MARGIN.match(text, position)
        start = margin.end() if margin is not None else position
        if self._line_start < 0 and text[start : start + 1] not in ("", "\r", "\n", "#"):
            self._line_start = start
        if (match := _ALIAS.match(text, start)) is not None:
            head = Head(start, match.start(1), match.group(1), match.end())
            if text[match.end()] == "=":
                self._sink.alias(head, None)
            else:
                self._await(match.end(), lambda place: self._sink.alias(head, place))
        elif (match := _DEFINITION.match(text, start)) is not None:
            found = Head(start, match.start(1), match.group(1), match.end())
            self._await(match.end(), lambda place: self._sink.definition(found, place))
        elif _HANDLER.match(text, start) is not None:
            self._handler, self._comma = start, -1

    def _await(self, position: int, done: Callable[[tuple[int, int]], None]) -> None:
        self._parameters_at, self._done = position, done

    def _flush(self) -> None:
        if self._literals:
            literals, self._literals = self._literals, []
            self._sink.string(literals)

    def _end_line(self, end: int) -> None:
        if self._line_start >= 0:
            self._sink.statement(self._line_start, end)
        self._line_start = self._handler = -1


def statement_end(text: str, start: int) -> int:
    """Where the line of statements that begins at ``start`` ends, behind its line end.

    Raises:
        Unclosed: A string or a bracket never does.
    """
    depth, position = 0, start
    while (token := _TOKEN.match(text, position)) is not None:
        kind = token.lastgroup
        if kind == "string":
            position = scan_string(text, position).end
            continue
        position = token.end()
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
        elif kind == "end" and depth <= 0:
            return position
    if depth > 0:
        raise Unclosed(start)
    return position
