"""What Python refuses only when it compiles a file that it has parsed: ``return`` outside a function, ``await`` in a plain one.

The interpreter's compiler knows these rules, but compiling a file costs half as much again as parsing it (measured: 42 to 50 %, and as much for
its table of names alone). So it sees those statements of the module in which such a mistake can stand: those with one of a few words, and
those whose shape is enough. Files in which there is none pay for looking at the words that they hold.
"""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_right
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.model import Diagnostic
from dagwright_compiler.frontend.findings import Place
from dagwright_compiler.frontend.names import AUTHORING
from dagwright_compiler.frontend.repeated_names import repeats_name
from dagwright_compiler.frontend.summary import Imported

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.summary import Binding, Summary

_WORDS = frozenset(
    word.encode()
    for word in ("async", "await", "break", "case", "continue", "except", "global", "nonlocal", "yield", "__debug__")
)
_WORD = re.compile(rb"\b(?:async|await|break|case|continue|except\s*[:*]|global|nonlocal|yield|__debug__)")
_STARRED = re.compile(rb"(?m)^[ \t]*\*|(?:=|\b(?:return|yield|for|in))[ \t]*\*(?!\*)|,[ \t]*\*(?![* \t,])")
"""Where a star may be one that unpacks in a place that does not allow it."""
_PLAIN = frozenset({ast.Import, ast.ImportFrom, ast.Pass})
"""Statements that are right at module level if no word says otherwise."""
_OFTEN_RIGHT = _PLAIN | {ast.FunctionDef, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Assert, ast.Expr}
"""Those that are right if no name stands in them twice, either."""

_DECORATORS = ("task", "workflow")


def late_errors(module: Module, summary: Summary) -> tuple[Diagnostic, ...]:
    """What would keep a module that was parsed from being imported: at most one finding for a statement of the module."""
    misplaced = _misplaced_futures(summary.body)
    found = [_problem(module, statement, _LATE_FUTURE) for statement in misplaced]
    for statement in _suspects(module, summary):
        error = _refusal(statement, may_await=module.source.runs_in_a_loop(statement.lineno))
        if error is not None and statement not in misplaced:
            found.append(_problem(module, statement, error))
    return tuple(found)


_LATE_FUTURE = SyntaxError("from __future__ imports must occur at the beginning of the file")


def _suspects(module: Module, summary: Summary) -> Iterable[ast.stmt]:
    """Statements that have to be compiled, in source order."""
    body = summary.body
    if _imports_amiss(summary):
        return body
    lines = module.lines
    data = lines.data
    read = frozenset(name for name in _DECORATORS if _is_ours(summary.bindings.get(name)))
    suspects = {
        index
        for index, node in enumerate(body)
        if type(node) not in _PLAIN and (_is_odd(node) or repeats_name(node, lines, read))
    }
    positions: list[int] = []
    if not _WORDS.isdisjoint(module.vocabulary):
        positions += (match.start() for match in _WORD.finditer(data))
    if b"*" in data:
        positions += (match.end() - 1 for match in _STARRED.finditer(data))
    if summary.has_walrus:
        positions += (match.start() for match in re.finditer(b":=", data))
    if positions:
        starts = [_first_line(statement) for statement in body]
        suspects.update(bisect_right(starts, module.lines.line(position)) - 1 for position in positions)
    return [body[index] for index in sorted(suspects) if index >= 0]


def _is_ours(binding: Binding | None) -> bool:
    return isinstance(binding, Imported) and binding.module in AUTHORING


def _imports_amiss(summary: Summary) -> bool:
    """Whether a function or class holds an import of ``*`` or ``__future__``, or ``__future__`` is asked for what it may not know."""
    own = [node for node in summary.body if isinstance(node, ast.ImportFrom)]
    futures = [node for node in own if node.module == "__future__" and not node.level]
    stars = sum("*" in found.names for found in summary.imports)
    return (
        sum(found.module == "__future__" for found in summary.imports) > len(futures)
        or stars > len(summary.stars)
        or any(alias.name != "annotations" for node in futures for alias in node.names)
    )


def _misplaced_futures(body: list[ast.stmt]) -> list[ast.stmt]:
    """Imports of ``__future__`` below other statements; the docstring may stand above them."""
    first = 1 if body and _is_docstring(body[0]) else 0
    while first < len(body) and _is_future(body[first]):
        first += 1
    return [statement for statement in body[first:] if _is_future(statement)]


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_future(node: ast.stmt) -> bool:
    return type(node) is ast.ImportFrom and node.module == "__future__" and not node.level


def _is_odd(node: ast.stmt) -> bool:
    """Whether the shape of a statement of the module is enough for a closer look."""
    if isinstance(node, ast.ClassDef):
        return any(_is_odd(inner) for inner in node.body)
    return type(node) not in _OFTEN_RIGHT


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", None)
    return decorators[0].lineno if decorators else node.lineno


def _refusal(statement: ast.stmt, *, may_await: bool) -> SyntaxError | None:
    """What the interpreter's compiler says against a statement of the module."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if may_await else 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(ast.Module([statement], []), "<source>", "exec", flags, dont_inherit=True)
        except SyntaxError as error:
            return error
        except (ValueError, TypeError, RecursionError, MemoryError):
            # A tree that was put together from newer grammar, or is as deep as the reader allows, is more than this
            # interpreter compiles: that is no mistake.
            return None
    return None


def _problem(module: Module, statement: ast.stmt, error: SyntaxError) -> Diagnostic:
    from dagwright_compiler.frontend.late_advice import late_advice  # for files that need it

    message, help_ = late_advice(error.msg)
    line, column = error.lineno, error.offset
    if line is None or column is None or _is_future(statement):
        at = _unknown_future(statement, error.msg) or statement
        return Diagnostic(codes.INVALID_SYNTAX, message, Place(module, at).span, help=help_)
    end_line, end_column = error.end_lineno or line, error.end_offset or column + 1
    if end_line > line:  # a statement with a body
        end_line, end_column = line, module.lines.width(line) + 1
    return Diagnostic(
        codes.INVALID_SYNTAX, message, module.source.place(line, column - 1, end_line, max(end_column - 1, column)), help=help_
    )


def _unknown_future(statement: ast.stmt, said: str) -> ast.alias | None:
    """The feature that the interpreter names: it marks the statement only."""
    names = statement.names if isinstance(statement, ast.ImportFrom) else []
    return next((alias for alias in names if f" {alias.name} is not" in said), None)
