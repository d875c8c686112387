"""Reads files with expressions that are too deep for ``ast`` to build: only what looks at them fails, not the file.

Python's parser has accepted the grammar of such a file by the time that building the tree runs into a limit, and most such expressions
(a table written as one sum, a chain of ten thousand calls) stand in the body of a task, which nothing looks at.
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING

from dagwright_compiler.frontend.format_strings import Unclosed
from dagwright_compiler.frontend.overwriting import HELD, held, overwritten
from dagwright_compiler.frontend.statement_scan import Scan

if TYPE_CHECKING:
    from dagwright_compiler.frontend.format_strings import StringLiteral
    from dagwright_compiler.frontend.statement_scan import Head

_SHORTEST = 500
"""Characters: a shorter statement is not deep enough for the limit."""
_AROUND = "-" * 250
"""Depth that the blocks around a statement may add to it, and no more than the parser's own stack bears."""
_BEFORE_VALUE = re.compile(r"(?:return\b|await\b|[^\W\d][\w.]*[ \t]*(?::[^=()\r\n]*)?[-+*/%&|^@]?=(?!=))?[ \t]*")


class TooDeep(ast.expr):
    """An expression that was left out of the tree."""

    _fields = ()


def read_deep(text: str) -> ast.Module | None:
    """Parse a module, with ``TooDeep`` in the place of what is; ``None`` when that does not help.

    Args:
        text: Text that ``ast.parse`` refuses with a ``RecursionError``.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        finder = _Finder(text)
        try:
            Scan(text, finder).run()
            tree = ast.parse(overwritten(text, [(start, end, held(text[start:end])) for start, end in finder.found]))
        except (Unclosed, SyntaxError, RecursionError, MemoryError):
            return None
    places = {finder.place(start): finder.place(end) for start, end in finder.found}
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            if isinstance(value, ast.Name) and value.id == HELD:
                end = places.get((value.lineno, value.col_offset - 1))
                if end is not None:
                    left_out = TooDeep(
                        lineno=value.lineno, col_offset=value.col_offset - 1, end_lineno=end[0], end_col_offset=end[1]
                    )
                    setattr(node, field, left_out)
    return tree


class _Finder:
    """Notes the values of simple statements that are too deep."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.found: list[tuple[int, int]] = []

    def statement(self, start: int, end: int) -> None:
        """Try the value of a statement by itself."""
        if end - start < _SHORTEST:
            return
        before = _BEFORE_VALUE.match(self._text, start, end)
        first = before.end() if before is not None else start
        try:
            ast.parse(f"{_AROUND}({self._text[first:end]}\n)", mode="eval")
        except RecursionError:
            self.found.append((first, end))
        except (SyntaxError, MemoryError):
            return  # no value alone: another statement behind it, or a compound one

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column in bytes."""
        before = self._text[:offset]
        lines = re.split(r"\r\n|\r|\n", before)
        return len(lines), len(lines[-1].encode("utf-8", "surrogatepass"))

    def alias(self, head: Head, parameters: tuple[int, int] | None) -> None:
        """Of no interest here, as are the others below."""

    def definition(self, head: Head, parameters: tuple[int, int]) -> None:
        """Of no interest."""

    def handler(self, keyword: int, comma: int, colon: int) -> None:
        """Of no interest."""

    def string(self, literals: list[StringLiteral]) -> None:
        """Of no interest."""
