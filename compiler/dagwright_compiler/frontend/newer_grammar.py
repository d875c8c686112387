"""Reads files whose grammar is newer than the running interpreter's: they mean what the older spelling means.

Each newer construct is found in the text (a scan of strings, brackets and beginnings of statements), proved by libcst, and overwritten by
something that the interpreter parses and that leaves every other line and column where it is; what a format string, a template or an
expression too deep for ``ast`` stood for is put into the tree afterwards. A file that ``ast`` accepts never comes here.

* PEP 695, 696: ``type X[T] = Y`` becomes an assignment; parameters of definitions are blanked, their uses marked.
* PEP 758: ``except A, B:`` catches ``A`` alone, which nothing reads.
* PEP 701, 750: strings become nodes.
"""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from dagwright_compiler.frontend.deep_expressions import read_deep
from dagwright_compiler.frontend.format_strings import StringBuilder, StringLiteral, Unclosed, skeleton
from dagwright_compiler.frontend.overwriting import HELD, blank, held, overwritten
from dagwright_compiler.frontend.statement_scan import Scan
from dagwright_compiler.frontend.type_parameters import mark

if TYPE_CHECKING:
    from dagwright_compiler.frontend.statement_scan import Head

_LINE_END = re.compile(r"\r\n|\r|\n")
_TRACE = re.compile(
    r"\btype[ \t\f]+[^\W\d]\w*[ \t\f]*[=\[]|\b(?:def|class)[ \t\f]+[^\W\d]\w*[ \t\f]*\[|\bexcept\b|\b(?:[fFtT][rR]?|[rR][fFtT])[\"']"
)
"""What a file of newer grammar holds somewhere, be it in a comment: a file without it need not be walked token by token."""
_PARAMETER = re.compile(r"\s*\*{0,2}\s*([^\W\d]\w*)")
_LONGEST = 2000
"""Characters between the brackets of type parameters and the like: libcst's parser knows no limit of depth short of a crash."""


class Refused(Exception):  # noqa: N818 - a finding about the user's file
    """The file is not valid in the newer grammar either, and this is where."""

    def __init__(self, message: str, line: int, column: int, end_line: int, end_column: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.end_line = end_line
        self.end_column = end_column


class _Edit(NamedTuple):
    """A stretch that is overwritten, and a small program that holds it, for the proof that it is grammar at all."""

    start: int
    end: int
    text: str
    proof: str


def read_newer(text: str) -> ast.Module | None:
    """Parse a module in newer grammar; ``None`` when it holds none.

    Raises:
        Refused: A construct of newer grammar is malformed.
        SyntaxError: The rest of the file is not valid.
        RecursionError: It is nested too deeply; ``MemoryError`` and ``ValueError`` as ``ast.parse`` raises them.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _Lowering(text).module()


class _Lowering:
    """One text on its way to a tree."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
        self._edits: list[_Edit] = []
        self._strings: dict[tuple[int, int], list[StringLiteral]] = {}
        """By the line and column of the name that holds the place of a string."""
        self._parameters: dict[tuple[int, int], list[str]] = {}
        """By where a definition or alias begins."""
        self._aliases: dict[tuple[int, int], int] = {}
        """By where an alias begins: how far its name was moved."""
        self._builder = StringBuilder(text, self._expression, self._place)

    def module(self) -> ast.Module | None:
        """The tree of the whole text."""
        if _TRACE.search(self._text) is None:
            return None
        closed = True
        try:
            Scan(self._text, self).run()
        except Unclosed:
            closed = False  # the interpreter finds better words for it, and those of the first newer construct are in its way
        if not self._edits:
            return None
        tree = _parse(overwritten(self._text, [edit[:3] for edit in self._edits]))
        if not closed:
            return None
        self._prove()
        self._finish(tree)
        return tree

    def alias(self, head: Head, parameters: tuple[int, int] | None) -> None:
        """Take ``type X[...] =``: the name moves to the beginning of the statement."""
        text, start, name_end = self._text, head.start, head.name_start + len(head.name)
        end = parameters[1] if parameters else name_end
        moved = head.name.ljust(name_end - start) + blank(text[name_end:end])
        self._edits.append(_Edit(start, end, moved, f"{text[start:end]} = int\n"))
        self._aliases[self._position(start)] = head.name_start - start
        self._name_parameters(start, parameters)

    def definition(self, head: Head, parameters: tuple[int, int]) -> None:
        """Take ``def f[...]`` or ``class C[...]``."""
        start, end = parameters
        text = self._text[start:end]
        self._edits.append(_Edit(start, end, blank(text), f"def f{text}(): ...\n"))
        self._name_parameters(head.start, parameters)

    def handler(self, keyword: int, comma: int, colon: int) -> None:
        """Take ``except A, B:``."""
        text = self._text
        proof = f"try: ...\n{text[keyword:colon]}: ...\n"
        self._edits.append(_Edit(comma, colon, blank(text[comma:colon]), proof))

    def string(self, literals: list[StringLiteral]) -> None:
        """Take adjacent literals if one of them is more than the interpreter reads."""
        newer = [literal for literal in literals if self._is_newer(literal)]
        if not newer:
            return
        start, end = literals[0].start, literals[-1].end
        self._edits.append(
            _Edit(start, end, held(self._text[start:end]), "".join(f"({skeleton(self._text, literal)})\n" for literal in newer))
        )
        line, column = self._position(start)
        self._strings[line, column + 1] = literals

    def statement(self, start: int, end: int) -> None:
        """Nothing is asked of statements here."""

    def _is_newer(self, literal: StringLiteral) -> bool:
        if literal.parts is None or literal.is_template:
            return literal.is_template
        try:
            ast.parse(f"({self._text[literal.start : literal.end]})", mode="eval")
        except (SyntaxError, ValueError):
            return True
        return False

    def _name_parameters(self, start: int, parameters: tuple[int, int] | None) -> None:
        if parameters is not None:
            inner = self._text[parameters[0] + 1 : parameters[1] - 1]
            matches = [_PARAMETER.match(piece) for piece in _pieces(inner)]
            self._parameters[self._position(start)] = [match.group(1) for match in matches if match is not None]

    def _prove(self) -> None:
        """Ask libcst whether what was overwritten is grammar."""
        from libcst import ParserSyntaxError, parse_module  # a sixth of a second, for nobody but these files

        strings = {literals[0].start for literals in self._strings.values()}
        for edit in self._edits:
            if len(edit.proof) > _LONGEST and edit.start not in strings:
                raise RecursionError(edit.start)
            try:
                parse_module(edit.proof)
            except ParserSyntaxError:
                raise self._refused(edit.start, edit.end) from None

    def _refused(self, start: int, end: int) -> Refused:
        return Refused("invalid syntax", *self._position(start), *self._position(end))

    def _finish(self, tree: ast.AST) -> None:
        """Put into a tree what the older grammar has no words for."""
        for node in ast.walk(tree):
            key = (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
            if isinstance(node, ast.Assign) and key in self._aliases:
                moved = self._aliases[key]
                node.targets[0].col_offset += moved
                assert node.targets[0].end_col_offset is not None
                node.targets[0].end_col_offset += moved
                mark(node, self._parameters.get(key, ()))
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and key in self._parameters:
                mark(node, self._parameters[key])
            if self._strings:
                self._put_strings(node)

    def _put_strings(self, node: ast.AST) -> None:
        for field, value in ast.iter_fields(node):
            if isinstance(value, ast.Name):
                setattr(node, field, self._string_at(value))
            elif isinstance(value, list):
                value[:] = [self._string_at(item) if isinstance(item, ast.Name) else item for item in value]

    def _string_at(self, name: ast.Name) -> ast.expr:
        literals = self._strings.get((name.lineno, name.col_offset)) if name.id == HELD else None
        if literals is None:
            return name
        try:
            return self._builder.build(literals)
        except (Unclosed, SyntaxError, Refused):  # of an expression within, with places of its own
            raise self._refused(literals[0].start, literals[-1].end) from None

    def _expression(self, start: int, end: int) -> ast.expr:
        """The node of a stretch, in which strings may be newer grammar again."""
        inner = _Lowering(f"({self._text[start:end]})")
        tree = inner.expression()
        line, column = self._position(start - 1)
        for node in ast.walk(tree):
            if isinstance(node, ast.expr | ast.keyword | ast.arg):
                if node.lineno == 1:
                    node.col_offset += column
                if node.end_lineno == 1 and node.end_col_offset is not None:
                    node.end_col_offset += column
                node.lineno += line - 1
                node.end_lineno = (node.end_lineno or 1) + line - 1
        return tree

    def expression(self) -> ast.expr:
        """The tree of the text as one expression; what holds it was proved as a whole."""
        Scan(self._text, self).run()
        tree = ast.parse(overwritten(self._text, [edit[:3] for edit in self._edits]), mode="eval")
        self._finish(tree)
        return tree.body

    def _place(self, node: ast.expr, start: int, end: int) -> None:
        node.lineno, node.col_offset = self._position(start)
        node.end_lineno, node.end_col_offset = self._position(end)

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        before = self._text[self._starts[line - 1] : offset]
        return line, len(before.encode("utf-8", "surrogatepass"))


def _parse(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except RecursionError:
        tree = read_deep(text)
        if tree is None:
            raise
        return tree


def _pieces(parameters: str) -> list[str]:
    """Type parameters one by one: cut at the commas outside of brackets."""
    found, depth, start = [], 0, 0
    for position, char in enumerate(parameters):
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "," and not depth:
            found.append(parameters[start:position])
            start = position + 1
    return [*found, parameters[start:]]
