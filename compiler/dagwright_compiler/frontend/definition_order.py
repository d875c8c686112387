"""Names that the import of a module reads above their definitions: in decorators, defaults, classes, and wherever else code runs at once.

Every container imports the module first, and Python reads it from top to bottom: whatever stands here ends it with a ``NameError``.
Nearly all modules define first and use afterwards, so a look at the names is enough for them; ``evaluation_order`` reads the others as Python does.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.findings import Place
from dagwright_compiler.frontend.import_order import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dagwright_compiler.frontend.evaluation_order import Early
    from dagwright_compiler.frontend.findings import Findings
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.summary import Summary

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = frozenset({*_FUNCTIONS, ast.ClassDef})
_IMPORTS = frozenset({ast.Import, ast.ImportFrom})
_DIGITS = b"0123456789"
_LETTERS = bytes(byte if byte >= 128 or chr(byte).isidentifier() else 32 for byte in range(256))
"""A table for ``bytes.translate`` that leaves words and blanks."""


def check_definition_order(module: Module, findings: Findings) -> None:
    """Report names that have no value yet where the import of a module reads them, each where it is read first."""
    summary = module.summary
    if summary is None or not may_read_early(module, summary):
        return
    from dagwright_compiler.frontend.evaluation_order import early_names  # for the rare file: the others pay nothing

    package = module.name if module.is_package else ""
    for early in early_names(summary.body, package=package):
        _report(early, module, findings)


def may_read_early(module: Module, summary: Summary) -> bool:
    """Whether the import of a module may read a name that no statement above has bound: a doubt is a yes.

    Functions are looked at by their text, since the names in front of their bodies are few and most of them the same: words without their
    digits, of which those of a thousand tasks have a hundred. Looking at their syntax trees takes five times as long.
    """
    late: list[str] = []
    """Names that are bound below the head of a function, or by it."""
    others: list[ast.stmt] = []
    heads: set[bytes] = set()
    starts, data, end = module.lines.starts, module.lines.data, 0
    for statement in summary.body:
        node: Any = statement
        kind = type(node)
        if kind is ast.FunctionDef:
            name, first = node.name, node.body[0]
            late.append(name)
            position = starts[node.lineno - 1] + node.col_offset + len("def ")
            head = data[end:position] + data[position + len(name) : starts[first.lineno - 1] + first.col_offset]
            heads.add(head.translate(_LETTERS, _DIGITS))
        else:
            if kind is not ast.Import and kind is not ast.ImportFrom:
                others.append(statement)
            if late:
                late += names_of(statement)
        end = starts[node.end_lineno]
    words, names = b" ".join(heads), " ".join(late)
    if words.isascii() and names.isascii():
        known = names.encode().translate(_LETTERS, _DIGITS).split()
        if frozenset(known).isdisjoint(words.split()):
            return _may_read_early(others, summary)
    return _may_read_early(summary.body, summary)


def _may_read_early(statements: Iterable[ast.stmt], summary: Summary) -> bool:
    """The same by the names of the syntax tree: one that is bound above a statement is bound above all that follow."""
    bindings = summary.bindings
    has_annotations = not _quotes_annotations(summary)
    settled: set[str] = set()
    unknown: set[str] = set()
    within: set[str] = set()
    """Names that something other than a statement of the module binds: a class has names of its own."""
    for statement in statements:
        for node in (waiting := _evaluated_by(statement, has_annotations=has_annotations)):  # which grows
            kind = type(node)
            if kind is ast.Name:
                name = node.id
                if type(node.ctx) is ast.Store:
                    within.add(name)
                    continue
                if name in settled:
                    continue
                binding = bindings.get(name)
                if binding is None:
                    unknown.add(name)
                elif _end(binding.node) >= _start(statement):
                    return True
                settled.add(name)
            elif kind is not ast.Constant:
                if kind in _DEFINITIONS:
                    within.add(node.name)
                waiting += _parts(node, has_annotations=has_annotations)
    return not within.isdisjoint(unknown)


def _evaluated_by(statement: ast.stmt, *, has_annotations: bool) -> list[Any]:
    """What a statement of the module may evaluate at once, in whichever order; the names that it binds are left out."""
    if type(statement) is ast.FunctionDef:
        return _header(statement, has_annotations=has_annotations)
    if type(statement) is ast.Assign and type(statement.targets[0]) is ast.Name and len(statement.targets) == 1:
        return [statement.value]
    if type(statement) in _IMPORTS:
        return []
    return _parts(statement, has_annotations=has_annotations)


def _parts(node: Any, *, has_annotations: bool) -> list[Any]:
    """The same of any node."""
    if isinstance(node, _FUNCTIONS):
        return _header(node, has_annotations=has_annotations)
    if isinstance(node, ast.Lambda):
        return node.args.defaults + node.args.kw_defaults
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        return [ast.Name(node.target.id, ast.Load()), node.value]
    found: list[Any] = []
    for field in getattr(node, "_fields", ()):
        value = getattr(node, field)
        if type(value) is list:
            found += value
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def _header(node: Any, *, has_annotations: bool) -> list[Any]:
    """What the definition of a function evaluates."""
    arguments = node.args
    found: list[Any] = node.decorator_list + arguments.defaults + arguments.kw_defaults
    if has_annotations:
        taken = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
        found += [argument.annotation for argument in taken if argument is not None]
        found.append(node.returns)
    return found


def _quotes_annotations(summary: Summary) -> bool:
    return any("annotations" in found.names for found in summary.imports if found.module == "__future__")


def _start(statement: Any) -> int:
    decorators = getattr(statement, "decorator_list", None)
    first: int = decorators[0].lineno if decorators else statement.lineno
    return first


def _end(node: Any) -> int:
    last: int = node.end_lineno
    return last


def _report(early: Early, module: Module, findings: Findings) -> None:
    name, definition = early.use.id, early.definition
    message = f"`{name}` is not defined yet where {early.part or 'this line'} names it"
    if isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        related = module.name_span(definition), "it is defined here"
    else:
        related = (
            module.span(definition),
            "it is imported here" if isinstance(definition, ast.alias) else "it gets its value here",
        )
    findings.add(codes.READ_BEFORE_ASSIGNMENT, message, Place(module, early.use), related=[related], help=_advice(early))


def _advice(early: Early) -> str:
    name, definition, reader = early.use.id, early.definition, early.reader
    is_own = _contains(definition, reader) or _contains(reader, definition)
    here = f"this {'function' if isinstance(reader, _FUNCTIONS) else 'class' if isinstance(reader, ast.ClassDef) else 'line'}"
    if early.is_annotation:
        quoted = f'put it in quotes: `"{name}"`'
        return quoted if is_own else f"{quoted}, or move `{name}` above {here}"
    if is_own and isinstance(definition, ast.stmt):
        return f"`{name}` exists only below its own definition: name something else, or do this there"
    if is_own:
        return f"give `{name}` a value above {here}"
    if isinstance(definition, ast.alias):
        return f"move the import of `{name}` above {here}"
    return f"move `{name}` above {here}"


def _contains(whole: Any, part: Any) -> bool:
    starts = (whole.lineno, whole.col_offset) <= (part.lineno, part.col_offset)
    return starts and (whole.end_lineno, whole.end_col_offset) >= (part.end_lineno, part.end_col_offset)
