"""One module of the project: its source, its summary, and what it imports."""

from __future__ import annotations

import ast
from typing import Any

import msgspec

from dagwright_compiler.diagnostics.model import Diagnostic
from dagwright_compiler.frontend.summary import Summary
from dagwright_compiler.source import LineTable, SourceFile, Span

_WORDS_ONLY = bytes(byte if byte >= 128 or chr(byte).isidentifier() or chr(byte).isdigit() else 32 for byte in range(256))
"""A table for ``bytes.translate`` that leaves words and blanks: ten times as fast as finding names with a regular expression."""


class Module(msgspec.Struct, eq=False):
    """A module while it is elaborated; holds the syntax tree through its summary."""

    name: str
    location: str
    """Where its tree of sources has it: the identity of the file."""
    root: str
    """Folder from which ``name`` is counted; its imports are looked up there first."""
    is_package: bool
    source: SourceFile
    summary: Summary | None
    """``None`` when the file could not be read; ``problem`` says why."""
    problem: Diagnostic | None = None
    entities: dict[str, Any] = {}
    """Memo of resolved names (resolution's own)."""
    types: dict[str, Any] = {}
    """Memo of simple annotations (of ``annotations``)."""
    constants: dict[str, Any] = {}
    """Memo of evaluated constants (of ``static_values``)."""
    interfaces: dict[bytes, Any] = {}
    """Memo of interfaces by their source (of ``interfaces``)."""
    policies: dict[bytes, Any] = {}
    """Memo of tasks' policies by the decorator's source (of ``decorators``)."""
    keywords: dict[bytes, Any] = {}
    """Memo of what keywords of decorators say, by their source (of ``decorators``)."""
    line_table: LineTable | None = None
    word_text: bytes | None = None
    word_set: frozenset[bytes] | None = None

    @property
    def words(self) -> bytes:
        """The text with blanks in the place of everything but words, each byte where it was; made on first use."""
        words = self.word_text
        if words is None:
            words = self.word_text = self.lines.data.translate(_WORDS_ONLY)
        return words

    @property
    def vocabulary(self) -> frozenset[bytes]:
        """The words of the text, those in comments and strings included; found on first use."""
        found = self.word_set
        if found is None:
            found = self.word_set = frozenset(self.words.split())
        return found

    @property
    def lines(self) -> LineTable:
        """Where lines begin, found on first use."""
        table = self.line_table
        if table is None:
            table = self.line_table = LineTable(self.source.text)
        return table

    def span(self, node: ast.AST) -> Span:
        """Where a node of this module stands."""
        # Every node that is asked for has a position; ``ast.AST`` itself does not declare one.
        at: Any = node
        return self.source.place(at.lineno, at.col_offset, at.end_lineno, at.end_col_offset)

    def keyword_span(self, node: ast.keyword) -> Span:
        """Where the name of a keyword argument stands; all of the argument for ``**``."""
        if node.arg is None:
            return self.span(node)
        end = node.col_offset + len(node.arg.encode("utf-8", "surrogatepass"))
        return self.source.place(node.lineno, node.col_offset, node.lineno, end)

    def name_span(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Span:
        """Where the name in a definition stands (one space after the keyword, as everybody writes it)."""
        keyword = 6 if isinstance(node, ast.ClassDef) else 10 if isinstance(node, ast.AsyncFunctionDef) else 4
        start = node.col_offset + keyword
        return self.source.place(node.lineno, start, node.lineno, start + len(node.name.encode("utf-8", "surrogatepass")))


class ReadModule(msgspec.Struct, frozen=True, eq=False):
    """A module after elaboration, for the code bundle: no syntax tree."""

    name: str
    path: str
    """As messages print it."""
    location: str
    """Where the file is: a path of this machine, or the key of an in-memory source."""
    source: SourceFile
    is_package: bool
    local_imports: tuple[str, ...]
    """Names of the project's modules that it imports at any depth, ancestors' packages included; sorted."""

    @property
    def bundle_path(self) -> str:
        """Where the file stands below the code folder."""
        base = self.name.replace(".", "/")
        return f"{base}/__init__.py" if self.is_package else f"{base}.py"
