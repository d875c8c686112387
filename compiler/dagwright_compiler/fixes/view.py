"""A source as fixes see it: its text, its syntax tree, and the nodes around a place.

Edits that this makes are exact: their spans are those of the text as it stands.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dagwright_compiler.diagnostics.model import Edit
from dagwright_compiler.frontend.reading import read_source
from dagwright_compiler.source import LineTable, SourceFile, Span, file_and_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

Position = tuple[int, int]
"""Line from 1, column in UTF-8 bytes."""
_MOST_BESIDE = 8


class View:
    """One file, or one cell of a notebook.

    Args:
        source: What spans point into.
    """

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.is_cell = bool(file_and_cell(source.path)[1])
        self._children: dict[ast.AST, tuple[list[Position], list[ast.AST]]] = {}

    @cached_property
    def lines(self) -> LineTable:
        """Where lines begin."""
        return LineTable(self.source.text)

    @cached_property
    def tree(self) -> ast.Module | None:
        """The syntax tree; ``None`` where the text is no Python."""
        text = self.source.text
        if self.is_cell:
            from dagwright_compiler.frontend.notebooks import plain_python

            text = plain_python(text)
        return read_source(SourceFile(self.source.path, self.source.module, b"", text)).tree

    @cached_property
    def newline(self) -> str:
        """How lines of the text end."""
        text = self.source.text
        at = min((found for found in (text.find("\r"), text.find("\n")) if found >= 0), default=-1)
        return "\n" if at < 0 or text[at] == "\n" else "\r\n" if text[at : at + 2] == "\r\n" else "\r"

    def chain(self, span: Span) -> tuple[ast.AST, ...]:
        """Nodes around a place, from the module to the smallest one that holds all of it."""
        found: list[ast.AST] = []
        node: ast.AST | None = self.tree
        while node is not None:
            found.append(node)
            node = next((child for child in self._candidates(node, span) if _holds(child, span)), None)
        return tuple(found)

    def node(self, span: Span) -> ast.AST | None:
        """The smallest node that holds a place."""
        chain = self.chain(span)
        return chain[-1] if chain else None

    def text_of(self, node: ast.AST | Span) -> str:
        """What stands at a node or a span."""
        return self.data_of(node).decode("utf-8", "surrogatepass")

    def data_of(self, node: ast.AST | Span) -> bytes:
        """What stands at a node or a span, in UTF-8."""
        start, end = self.offsets(node)
        return self.lines.data[start:end]

    def offsets(self, node: ast.AST | Span) -> tuple[int, int]:
        """Where a node or a span begins and ends in the text, in bytes of UTF-8."""
        (line, column), (end_line, end_column) = start_of(node), end_of(node)
        return self.lines.position(line, column), self.lines.position(end_line, end_column)

    def replace(self, node: ast.AST | Span, text: str) -> Edit:
        """An edit that puts text in the place of a node."""
        return self.between(*self.offsets(node), text)

    def between(self, start: int, end: int, text: str) -> Edit:
        """An edit of what stands between two offsets."""
        line, column = self._position(start)
        end_line, end_column = self._position(end)
        return Edit(Span(self.source.path, line, column, end_line, end_column), text)

    def change(self, node: ast.AST, text: str) -> Edit:
        """An edit that turns a node's text into another, as small as it can be, so that others fit beside it."""
        old, new = self.data_of(node), text.encode("utf-8", "surrogatepass")
        start, _ = self.offsets(node)
        ahead = 0
        while ahead < min(len(old), len(new)) and old[ahead] == new[ahead]:
            ahead += 1
        while ahead and _is_word(old, ahead - 1) and (_is_word(old, ahead) or _is_word(new, ahead)):
            ahead -= 1  # whole words: an edit within one would get in the way of others
        behind = 0
        while behind < min(len(old), len(new)) - ahead and old[-1 - behind] == new[-1 - behind]:
            behind += 1
        # Not within a character: bytes that go on with one begin with the bits 10.
        while ahead and (_continues(old, ahead) or _continues(new, ahead)):
            ahead -= 1
        while behind and (_continues(old, len(old) - behind) or _continues(new, len(new) - behind)):
            behind -= 1
        return self.between(
            start + ahead, start + len(old) - behind, new[ahead : len(new) - behind].decode("utf-8", "surrogatepass")
        )

    def _position(self, offset: int) -> Position:
        starts = self._starts
        line = min(bisect_right(starts, offset), len(starts))
        return line, offset - starts[line - 1]

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [], 0
        for line in self.lines.data.splitlines(keepends=True):
            starts.append(at)
            at += len(line)
        if not starts or self.lines.data.endswith((b"\n", b"\r")):
            starts.append(at)
        return starts

    def _candidates(self, node: ast.AST, span: Span) -> Iterator[ast.AST]:
        """Children that may hold a place, the nearest first: of many, few are looked at."""
        children = self._children.get(node)
        if children is None:
            ordered = sorted(positioned_children(node), key=_outer_start)
            children = self._children[node] = ([_outer_start(child) for child in ordered], ordered)
        starts, ordered = children
        at = bisect_right(starts, start_of(span))
        # Several begin at one place only within an f-string, where older interpreters do not say where its parts stand.
        return iter(ordered[max(at - _MOST_BESIDE, 0) : at][::-1])


def start_of(node: ast.AST | Span) -> Position:
    """Where a node or a span begins."""
    if isinstance(node, Span):
        return node.line, node.column
    at: Any = node  # every node that is asked for has a position; ``ast.AST`` itself does not declare one
    return at.lineno, at.col_offset


def end_of(node: ast.AST | Span) -> Position:
    """Where a node or a span ends."""
    if isinstance(node, Span):
        return node.end_line, node.end_column
    at: Any = node
    return at.end_lineno, at.end_col_offset


def positioned_children(node: ast.AST) -> Iterator[ast.AST]:
    """The children of a node; the place of one without a position is taken by its own children."""
    for child in ast.iter_child_nodes(node):
        if hasattr(child, "lineno"):
            yield child
        else:
            yield from positioned_children(child)


def _is_word(data: bytes, at: int) -> bool:
    """Whether a byte is part of a word; those of characters beyond ASCII are taken for it."""
    return at < len(data) and (data[at] >= 0x80 or data[at : at + 1].isalnum() or data[at] == ord("_"))


def _continues(data: bytes, at: int) -> bool:
    return at < len(data) and data[at] & 0xC0 == 0x80


def _holds(node: ast.AST, span: Span) -> bool:
    return _outer_start(node) <= (span.line, span.column) and (span.end_line, span.end_column) <= end_of(node)


def _outer_start(node: ast.AST) -> Position:
    """Where a node begins, its decorators included."""
    decorators = getattr(node, "decorator_list", None)
    return min(start_of(node), (decorators[0].lineno, 0)) if decorators else start_of(node)
