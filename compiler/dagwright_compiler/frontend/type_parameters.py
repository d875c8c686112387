"""Type parameters of functions, classes and aliases (PEP 695): names that stand for any type.

The types of a program hold nothing generic, so that each use of such a name becomes a node that is read as an unknown type, as a ``TypeVar``
is. On interpreters that know the grammar, ``ast`` gives the parameters; on others ``newer_grammar`` does.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_FIELDS = ("args", "returns", "bases", "annotation", "value")
"""Where a definition or alias can name its parameters and somebody reads it; bodies are left alone."""


class TypeParameter(ast.Name):
    """The use of a type parameter."""

    _fields = ("id", "ctx")


def parameter_names(node: ast.AST) -> list[str]:
    """Names that the interpreter's own grammar found on a definition or alias."""
    return [parameter.name for parameter in getattr(node, "type_params", ())]


def mark(node: ast.AST, names: Collection[str]) -> None:
    """Replace the uses of type parameters in the signature of ``node``, in the fields of a class, and in an alias."""
    waiting: list[ast.AST] = [node]
    if isinstance(node, ast.ClassDef):
        waiting += [statement for statement in node.body if isinstance(statement, ast.AnnAssign)]
    top = len(waiting)
    for position, part in enumerate(waiting):
        for owner, field, index, child in _children(part, _FIELDS if position < top else part._fields):
            if type(child) is ast.Name and child.id in names:
                used = ast.copy_location(TypeParameter(child.id, child.ctx), child)
                if index is None:
                    setattr(owner, field, used)
                else:
                    getattr(owner, field)[index] = used
            else:
                waiting.append(child)


def _children(node: ast.AST, fields: Collection[str]) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    for field in fields:
        value = getattr(node, field, None)
        if isinstance(value, ast.AST):
            yield node, field, None, value
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, ast.AST):
                    yield node, field, index, item
