"""Names that are local to a function, as Python decides it: bound anywhere in its body, unless declared otherwise."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SIMPLE = (ast.Expr, ast.Return, ast.Pass, ast.Raise, ast.Assert, ast.Break, ast.Continue)
"""Statements that bind nothing but what ``:=`` in them does."""
_PLAIN = frozenset({ast.Name, ast.Constant})
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def assigned_names(body: list[ast.stmt]) -> frozenset[str]:
    """Names that the statements of a function bind."""
    names: set[str] = set()
    declared: set[str] = set()
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if type(node) is ast.Assign and type(target := node.targets[0]) is ast.Name and len(node.targets) == 1:
            names.add(target.id)  # nearly every statement of nearly every body
            if type(node.value) is not ast.Call or _may_walrus(node.value):
                waiting.append(node.value)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            declared.update(node.names)
        else:
            names.update(bound_by(node))
            waiting.extend(_children(node))
    return frozenset(names - declared)


def bound_by(node: ast.AST) -> Iterable[str]:
    """Names that one node binds by itself, without what is inside it."""
    if isinstance(node, ast.Name):
        return () if isinstance(node.ctx, ast.Load) else (node.id,)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return (node.name,)
    if isinstance(node, ast.alias):
        return (node.asname or node.name.partition(".")[0],)
    if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
        return (node.name,) if node.name else ()
    if isinstance(node, ast.MatchMapping):
        return (node.rest,) if node.rest else ()
    return ()


def _may_walrus(node: ast.Call) -> bool:
    """Whether a call may hold ``:=``: one with nothing but names and constants in it does not."""
    for value in node.args:
        if type(value) not in _PLAIN:
            return True
    return any(type(keyword.value) not in _PLAIN for keyword in node.keywords) if node.keywords else False


def _children(node: ast.AST) -> Iterable[ast.AST]:
    if isinstance(node, _SCOPES):
        return ()
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        return _walrus_targets(node)
    return ast.iter_child_nodes(node)


def _walrus_targets(node: ast.expr) -> Iterable[ast.AST]:
    """What ``:=`` binds in a comprehension, which it binds outside; the comprehension's own variables stay inside."""
    return [part.target for part in ast.walk(node) if isinstance(part, ast.NamedExpr)]
