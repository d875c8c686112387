"""What a call changes of its arguments, as far as the functions of the same file tell: for calls at module level, which run at import.

Looks into the body of a function only where module-level code calls it for its effect and passes it a name.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dagwright_compiler.frontend.summary import Binding, FunctionNode

MUTATORS = frozenset(
    {"append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "update", "setdefault", "popitem"}
)
"""Methods that change the object that they are called on."""
_CONTAINERS = (ast.List, ast.Tuple, ast.Dict, ast.ListComp, ast.DictComp)


def changed_arguments(call: ast.Call, functions: Mapping[str, Binding]) -> Iterator[ast.expr]:
    """Arguments of a call that the called function changes, or hands on to one that does.

    Args:
        call: The call.
        functions: What the file binds so far.
    """
    yield from _changed(call, functions, frozenset())


def _changed(call: ast.Call, functions: Mapping[str, Binding], seen: frozenset[str]) -> Iterator[ast.expr]:
    if not isinstance(call.func, ast.Name) or call.func.id in seen:
        return
    node = getattr(functions.get(call.func.id), "node", None)
    if not isinstance(node, ast.FunctionDef):
        return
    changed = _changed_parameters(node, functions, seen | {call.func.id})
    names = [parameter.arg for parameter in (*node.args.posonlyargs, *node.args.args)]
    for name, argument in zip(names, call.args, strict=False):
        if name in changed:
            yield argument
    for keyword in call.keywords:
        if keyword.arg in changed:
            yield keyword.value


def _changed_parameters(node: FunctionNode, functions: Mapping[str, Binding], seen: frozenset[str]) -> set[str]:
    """Parameters whose values a function changes. One that is bound anew in the body is another value from there on: it counts all the same."""
    changed: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            if isinstance(part.func, ast.Attribute) and part.func.attr in MUTATORS:
                changed.add(_root(part.func.value))
            changed.update(_root(argument) for argument in _changed(part, functions, seen))
        elif isinstance(part, ast.Subscript | ast.Attribute) and isinstance(part.ctx, ast.Store | ast.Del):
            changed.add(_root(part))
        elif isinstance(part, ast.AugAssign) and isinstance(part.value, _CONTAINERS):
            changed.add(_root(part.target))  # of a number or a text, the name alone would be changed
    return changed


def _root(node: ast.expr) -> str:
    """The name that an expression begins with; empty where it begins with something else."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
