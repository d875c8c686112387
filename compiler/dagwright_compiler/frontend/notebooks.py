"""Notebooks as modules: the code cells of an ``.ipynb`` file, one after the other, without what only IPython understands.

The text that this gives is what is compiled and what a bundle ships. Places are named as people count: ``flow.ipynb:cell 3``, all cells
counted from the top, with the line in that cell.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from bisect import bisect_right
from typing import Any

import msgspec

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.model import Diagnostic
from dagwright_compiler.frontend.format_strings import Unclosed
from dagwright_compiler.frontend.notebook_awaits import with_event_loops
from dagwright_compiler.frontend.statement_scan import statement_end
from dagwright_compiler.source import CELL, LINE_END, SourceFile, Span

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_COMMAND = re.compile(r"[ \t]*(?:[%!]|\?{1,2}[^\W\d]|[%\w.*]+\?{1,2}[ \t]*(?:\r|\n|\Z))")
"""A line for IPython: a magic, a shell command, or a request for help."""
_ASSIGNED_COMMAND = re.compile(r"([ \t]*[^\W\d][\w., \t]*=[ \t]*)[%!][^\r\n]*")
_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_PYTHON_MAGICS = frozenset({"time", "timeit", "capture", "prun"})
"""Cell magics whose cell is Python all the same."""
_INDENT = re.compile(r"[ \t]*")


class Cell(msgspec.Struct, frozen=True, eq=False):
    """One code cell: its place among all cells (from 1), and its lines in the module's text."""

    number: int
    first_line: int
    text: str


class NotebookSource(SourceFile, frozen=True, eq=False):
    """A notebook's module. ``text`` and ``data`` are the module's, not the file's; ``data`` runs in loops what awaits at the top of a cell."""

    cells: tuple[Cell, ...] = ()
    awaiting: frozenset[int] = frozenset()
    """Lines on which statements begin that ``data`` runs in an event loop."""

    def runs_in_a_loop(self, line: int) -> bool:
        """Whether ``data`` runs the statement that begins on a line in an event loop."""
        return line in self.awaiting

    def place(self, line: int, column: int, end_line: int, end_column: int) -> Span:
        """A stretch of the module's text as a place in a cell; it ends with the cell at the latest."""
        index = max(bisect_right(self.cells, line, key=lambda cell: cell.first_line) - 1, 0)
        if not self.cells:
            return Span(self.path, line, column, end_line, end_column)
        cell = self.cells[index]
        lines = LINE_END.split(cell.text)
        first, last = line - cell.first_line + 1, end_line - cell.first_line + 1
        if first < 1 or first > len(lines):  # what stands between the cells is ours
            return Span(self._path_of(cell), min(max(first, 1), len(lines)), 0, min(max(first, 1), len(lines)), 1)
        if last > len(lines):
            last, end_column = len(lines), len(lines[-1].encode("utf-8", "surrogatepass"))
        return Span(self._path_of(cell), first, column, last, end_column)

    def shown(self) -> tuple[SourceFile, ...]:
        """Its cells."""
        return tuple(SourceFile(self._path_of(cell), self.module, cell.text.encode(), cell.text) for cell in self.cells)

    def _path_of(self, cell: Cell) -> str:
        return f"{self.path}{CELL}{cell.number}"


class _Broken(Exception):  # noqa: N818 - a finding about the user's file
    """Why a file is no notebook that can be read."""

    def __init__(self, reason: str, help_: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.help = help_


def read_notebook(path: str, module: str, data: bytes) -> NotebookSource | Diagnostic:
    """Extract the module of a notebook, or say why there is none."""
    try:
        found = [(number, cell) for number, cell in enumerate(_cells(data), 1) if _is_code(number, cell)]
        texts = [(number, _text_of(number, cell)) for number, cell in found]
    except _Broken as error:
        return Diagnostic(codes.UNREADABLE_FILE, f"cannot read {path}: {error.reason}", help=error.help)
    pieces: list[str] = []
    cells: list[Cell] = []
    line = 1
    for number, text in texts:
        cells.append(Cell(number, line + 1, text))
        piece = f"# cell {number}\n{plain_python(text)}\n"
        pieces.append(piece)
        line += len(LINE_END.findall(piece))
    joined = "".join(pieces)
    shipped, awaiting = with_event_loops(joined)
    return NotebookSource(path, module, shipped, joined, tuple(cells), awaiting)


def plain_python(text: str) -> str:
    """A cell without magics, shell commands and requests for help: ``pass`` or ``...`` in their place, line for line."""
    magic = _CELL_MAGIC.match(text)
    if magic is not None and magic.group(1) not in _PYTHON_MAGICS:
        return "".join(LINE_END.findall(text))
    if magic is None and not re.search(r"[%!?]", text):
        return text
    if magic is None and _is_python(text):
        return text
    pieces: list[str] = []
    position = 0
    while position < len(text):
        line = _LINE.match(text, position)
        assert line is not None
        if magic is not None and position <= magic.start(1) < line.end():
            piece, position = line.group()[len(line.group().rstrip("\r\n")) :], line.end()
        else:
            piece, position = _statement(text, position)
        pieces.append(piece)
    return "".join(pieces)


def _statement(text: str, start: int) -> tuple[str, int]:
    """One statement as plain Python, and where the next begins."""
    if _COMMAND.match(text, start):
        end = _command_end(text, start)
        indent = _INDENT.match(text, start)
        return f"{indent.group() if indent else ''}pass{''.join(LINE_END.findall(text[start:end]))}", end
    assigned = _ASSIGNED_COMMAND.match(text, start)
    if assigned is not None:
        end = _command_end(text, start)
        return f"{assigned.group(1)}...{''.join(LINE_END.findall(text[start:end]))}", end
    try:
        end = statement_end(text, start)
    except Unclosed:
        end = len(text)  # the parser will say what is wrong
    return text[start:end], end


def _command_end(text: str, start: int) -> int:
    """Behind the line of a command, and the lines that a backslash at its end adds."""
    position = start
    while (line := _LINE.match(text, position)) is not None:
        position = line.end()
        if not line.group().rstrip("\r\n").endswith("\\") or position >= len(text):
            break
    return position


def _is_python(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    # `?` is nowhere in Python; a text that parses may still begin a line with `%`, as part of an expression.
    return True


def _cells(data: bytes) -> list[Any]:
    try:
        notebook = json.loads(data)
    except UnicodeDecodeError:
        raise _Broken("its bytes are not UTF-8", "save the notebook again in Jupyter") from None
    except json.JSONDecodeError as error:
        raise _Broken(f"line {error.lineno} is not valid JSON: {error.msg}", "save the notebook again in Jupyter") from None
    except RecursionError:
        raise _Broken("its JSON is nested too deeply") from None
    if not isinstance(notebook, dict):
        raise _Broken("it is not a notebook: no object at the top of its JSON")
    if "worksheets" in notebook:
        raise _Broken("it is in a format older than 4", "convert it: `jupyter nbconvert --to notebook --nbformat 4`")
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise _Broken("it is not a notebook: there is no list of cells")
    language = _language(notebook.get("metadata"))
    if language not in ("", "python"):
        raise _Broken(f"its language is {language}", "dagwright reads notebooks in Python")
    return cells


def _language(metadata: Any) -> str:
    """What a notebook says of its language, in either place; empty when it says nothing."""
    for table, key in (("language_info", "name"), ("kernelspec", "language")):
        found = metadata.get(table) if isinstance(metadata, dict) else None
        name = found.get(key) if isinstance(found, dict) else None
        if isinstance(name, str):
            return "python" if name.lower() in ("python", "ipython", "python3") else name
    return ""


def _is_code(number: int, cell: Any) -> bool:
    if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
        raise _Broken(f"cell {number} has no type")
    return bool(cell["cell_type"] == "code")


def _text_of(number: int, cell: dict[str, Any]) -> str:
    source = cell.get("source")
    lines = [source] if isinstance(source, str) else source
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise _Broken(f"cell {number} has no text")
    text = "".join(lines)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _Broken(f"cell {number} holds half of a character (a lone surrogate)") from None
    return text
