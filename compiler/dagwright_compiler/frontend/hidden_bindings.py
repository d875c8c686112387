"""Ways to bind names of a module that no statement shows: ``globals()``, ``exec``, ``sys.modules``.

Input: the statements of a module. Output: whether one of them is there; what it binds is not looked at.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_OPENERS = frozenset({"globals", "exec", "builtins", "__builtins__", "__builtin__"})
"""Names with whose help a function, too, can bind any name of its module."""
_OPENERS_AT_ONCE = frozenset({"locals", "vars", "eval"})
"""Names with whose help only what runs at the top of a module can."""
_OPENING_PARTS = frozenset({"__globals__", "f_globals", "f_locals"})
"""The same of attributes."""


def may_bind_anything(body: Sequence[ast.stmt]) -> bool:
    """Whether something in a module has a hold on all of its names."""
    waiting: list[tuple[ast.AST, bool]] = [(node, True) for node in body]
    for node, is_at_once in waiting:  # which grows
        if isinstance(node, ast.Name):
            if node.id in _OPENERS or (is_at_once and node.id in _OPENERS_AT_ONCE):
                return True
        elif isinstance(node, ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            if node.attr in _OPENING_PARTS or (node.attr == "modules" and owner.strip("_") == "sys"):
                return True
        elif isinstance(node, ast.ImportFrom) and node.module == "sys" and any(alias.name == "modules" for alias in node.names):
            return True
        inside = is_at_once and not isinstance(node, _FUNCTIONS)
        waiting += [(child, inside) for child in ast.iter_child_nodes(node)]
    return False
