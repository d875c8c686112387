"""From the bytes of one file to text and syntax tree.

Everything that can be wrong with a file becomes one diagnostic; nothing here raises for bad input. Knows Python's encoding
rules and ``ast``; knows nothing of tasks.
"""

from __future__ import annotations

import ast
import codecs
import gc
import re
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.model import Diagnostic
from dagwright_compiler.source import SourceFile, Span

if TYPE_CHECKING:
    from collections.abc import Generator

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")
_LINE_END = re.compile(rb"\r\n|\r|\n")


class Reading(msgspec.Struct, frozen=True, eq=False):
    """A file as read. ``tree`` is ``None`` exactly when ``problem`` says why."""

    source: SourceFile
    tree: ast.Module | None
    problem: Diagnostic | None = None


@contextmanager
def garbage_collector_off() -> Generator[None]:
    """Keep the cyclic collector from walking syntax trees again and again: they hold no garbage.

    It is what makes reading grow linearly (exponent 0.99 instead of 1.27). The former state comes back at the end.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read(path: str, module: str, data: bytes) -> Reading:
    """Decode and parse one file; ``path`` is what messages print."""
    if path.endswith(".ipynb"):
        from dagwright_compiler.frontend.notebooks import read_notebook  # json, for the rare file

        found = read_notebook(path, module, data)
        return read_source(found) if isinstance(found, SourceFile) else Reading(SourceFile(path, module, data, ""), None, found)
    try:
        text = decode(data)
    except (UnicodeError, LookupError, ValueError) as error:
        return _undecodable(path, module, data, error)
    return read_source(SourceFile(path, module, data, text))


def read_source(source: SourceFile) -> Reading:
    """Parse a file whose text is known."""
    text = source.text
    if "\0" in text:
        at = _span_at(source, text.index("\0"))
        message = "the file contains a null byte"
        return Reading(source, None, Diagnostic(codes.INVALID_SYNTAX, message, at, help="remove it, or save the file as UTF-8"))
    try:
        with garbage_collector_off():
            try:
                return Reading(source, parse(text))
            except SyntaxError as error:
                return _read_newer(source, error)
    except (RecursionError, MemoryError) as error:
        tree = _read_deep(text) if isinstance(error, RecursionError) else None
        if tree is not None:
            return Reading(source, tree)
        problem = Diagnostic(
            codes.NESTED_TOO_DEEPLY,
            "the code is nested too deeply to be read",
            _span_at(source, 0),
            help="split the longest expression into several statements",
        )
        return Reading(source, None, problem)
    except ValueError as error:
        return Reading(
            source, None, Diagnostic(codes.INVALID_SYNTAX, f"the text is not valid Python: {error}", _span_at(source, 0))
        )


def _read_newer(source: SourceFile, refusal: SyntaxError) -> Reading:
    """Read what the running interpreter refuses: newer grammar, or nothing that Python is."""
    from dagwright_compiler.frontend.newer_grammar import Refused, read_newer  # for the rare file: the others pay nothing

    try:
        tree = read_newer(source.text)
    except Refused as error:
        span = source.place(error.line, error.column, error.end_line, error.end_column)
        return Reading(source, None, Diagnostic(codes.INVALID_SYNTAX, error.message, span))
    except SyntaxError as error:
        return Reading(source, None, _syntax_problem(source, error))
    return Reading(source, tree) if tree is not None else Reading(source, None, _syntax_problem(source, refusal))


def _read_deep(text: str) -> ast.Module | None:
    from dagwright_compiler.frontend.deep_expressions import read_deep  # for the rare file, as above

    return read_deep(text)


def parse(text: str) -> ast.Module:
    """Parse a module without letting the parser's warnings reach the user's terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def decode(data: bytes) -> str:
    """Decode a file as Python does: byte order mark, coding cookie of the first two lines, else UTF-8.

    Raises:
        UnicodeError: The bytes are not text in that encoding.
        LookupError: The encoding is unknown, or no text encoding.
    """
    return data[3:].decode("utf-8") if data.startswith(codecs.BOM_UTF8) else data.decode(_cookie(data) or "utf-8")


def encode(text: str, like: bytes) -> bytes:
    """Encode a changed text as the file that it was read from: its encoding, and its byte order mark where it has one.

    Raises:
        UnicodeError: The encoding has no bytes for it.
        LookupError: The encoding is unknown, or no text encoding.
    """
    if like.startswith(codecs.BOM_UTF8):
        return codecs.BOM_UTF8 + text.encode("utf-8")
    return text.encode(_cookie(like) or "utf-8")


def _cookie(data: bytes) -> str:
    if b"coding" not in data[:400]:
        return ""
    for line in _LINE_END.split(data[:400], 2)[:2]:
        match = _COOKIE.match(line)
        if match:
            return match.group(1).decode("ascii", "replace")
        if not _BLANK.match(line):
            break
    return ""


def _undecodable(path: str, module: str, data: bytes, error: Exception) -> Reading:
    text = data.decode("latin-1")
    source = SourceFile(path, module, data, text)
    if isinstance(error, UnicodeDecodeError):
        skipped = 3 if data.startswith(codecs.BOM_UTF8) else 0
        at = min(error.start + skipped, max(len(data) - 1, 0))
        value = f"0x{data[at]:02x}" if data else "end of file"
        message = f"byte {value} is not valid {error.encoding}"
        advice = "save the file as UTF-8, or name its encoding in the first line: `# -*- coding: latin-1 -*-`"
    else:
        at, message = 0, f"the file cannot be decoded: {error}"
        advice = "name a text encoding that Python knows in the first line, or save the file as UTF-8"
    line = len(_LINE_END.findall(data[:at])) + 1
    start = max(data.rfind(b"\n", 0, at), data.rfind(b"\r", 0, at)) + 1
    span = Span(path, line, at - start, line, at - start + 1)
    return Reading(source, None, Diagnostic(codes.UNDECODABLE_SOURCE, message, span, help=advice))


def _syntax_problem(source: SourceFile, error: SyntaxError) -> Diagnostic:
    line = max(error.lineno or 1, 1)
    text = source.line(line)
    start = _byte_column(text, error.offset)
    end_line = error.end_lineno if error.end_lineno is not None and error.end_lineno >= line else line
    end = _byte_column(source.line(end_line), error.end_offset) if error.end_offset and error.end_offset > 0 else start + 1
    if (end_line, end) <= (line, start):
        end_line, end = line, start + 1
    message = (error.msg or "invalid syntax").split("\n", maxsplit=1)[0]
    from dagwright_compiler.frontend.syntax_advice import advice  # for files that need it

    message, help_ = advice(message[:1].lower() + message[1:], text, max((error.offset or 1) - 1, 0))
    return Diagnostic(codes.INVALID_SYNTAX, message, source.place(line, start, end_line, end), help=help_)


def _byte_column(line: str, offset: int | None) -> int:
    return len(line[: max((offset or 1) - 1, 0)].encode("utf-8", "surrogatepass"))


def _span_at(source: SourceFile, position: int) -> Span:
    before = source.text[:position]
    line = len(re.findall(r"\r\n|\r|\n", before)) + 1
    column = len(before[max(before.rfind("\n"), before.rfind("\r")) + 1 :].encode("utf-8", "surrogatepass"))
    return source.place(line, column, line, column + 1)
