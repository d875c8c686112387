"""Mistakes in the order of a file: a definition stands below what needs it when the file is imported."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mutation.sites import FunctionNode, Planted, View

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAYBE = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.IfExp, ast.BoolOp)
"""What Python may evaluate later, or in part."""


def import_below_its_use(view: View) -> Planted | None:
    return _moved(view, ast.Import, ast.ImportFrom)


def class_below_its_use(view: View) -> Planted | None:
    return _moved(view, ast.ClassDef)


def constant_below_its_use(view: View) -> Planted | None:
    return _moved(view, ast.Assign)


def _moved(view: View, *kinds: type[ast.stmt]) -> Planted | None:
    """Move a definition to the end of its file; the lines that it stood on stay, empty."""
    for path in view.chance.sample(sorted(view.trees), len(view.trees)):
        body = view.trees[path].body
        if any(alias.name == "*" for node in body if isinstance(node, ast.ImportFrom) for alias in node.names):
            continue
        for index in view.chance.sample(range(len(body)), len(body)):
            node = body[index]
            name = _name(node) if isinstance(node, kinds) else ""
            if not name or sum(name == _name(other) for other in body) > 1:
                continue
            uses = [use for later in body[index + 1 :] for use in _needed(later, view.trees[path]) if _holds(use, name)]
            if uses and not any(_holds(part, name) for use in uses for part in ast.walk(use) if isinstance(part, _MAYBE)):
                line = min(part.lineno for part in ast.walk(uses[0]) if isinstance(part, ast.Name) and part.id == name)
                return Planted(view.with_file(path, _at_the_end(view.project.sources[path], node)), path, line, "DW209")
    return None


def _at_the_end(text: str, node: ast.stmt) -> str:
    lines = text.split("\n")
    decorators = node.decorator_list if isinstance(node, ast.ClassDef) else []
    first, end = (decorators[0] if decorators else node).lineno - 1, node.end_lineno or 0
    return "\n".join([*lines[:first], *[""] * (end - first), *lines[end:], "", *lines[first:end], ""])


def _name(node: ast.stmt) -> str:
    """The one name that a statement of a module binds; empty where there are several, or none."""
    if isinstance(node, ast.Assign):
        return node.targets[0].id if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name) else ""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return node.names[0].asname or node.names[0].name if len(node.names) == 1 else ""
    return node.name if isinstance(node, FunctionNode | ast.ClassDef) else ""


def _needed(node: ast.stmt, tree: ast.Module) -> Iterator[ast.AST]:
    """What a statement needs at once, in Python's order."""
    if isinstance(node, FunctionNode | ast.ClassDef):
        yield from node.decorator_list
    if isinstance(node, FunctionNode):
        arguments = node.args
        yield from (default for default in (*arguments.defaults, *arguments.kw_defaults) if default is not None)
        annotations = [*(argument.annotation for argument in (*arguments.args, *arguments.kwonlyargs)), node.returns]
        yield from (annotation for annotation in annotations if annotation is not None and not _quotes(tree))
    elif isinstance(node, ast.ClassDef):
        yield from (*node.bases, *node.keywords)
        for statement in node.body:
            yield from _needed(statement, tree)
    elif isinstance(node, ast.AnnAssign):
        yield from [node.value] if node.value is not None else []
        yield from [] if _quotes(tree) else [node.annotation]
    elif isinstance(node, ast.Assign):
        yield node.value


def _quotes(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)


def _holds(node: ast.AST, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))


MISTAKES = (
    import_below_its_use,
    class_below_its_use,
    constant_below_its_use,
)
