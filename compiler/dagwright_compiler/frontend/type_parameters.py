"""Type parameters of functions, classes and aliases: names that stand for any type, or for the one that a use gives.

Those of PEP 695, ``class Box[T]``; ``type_variables`` knows the older ones, too. Each use of one becomes a node of its own. On interpreters that know the grammar, ``ast`` gives the parameters; on others ``newer_grammar`` does.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_FIELDS = ("args", "returns", "bases", "annotation", "value")
"""Where a definition or alias can name its parameters and somebody reads it; bodies are left alone."""
_DECLARED = "dagwright_parameters"
"""Attribute of a marked definition or alias: the names of its parameters in order."""


class TypeParameter(ast.Name):
    """The use of a type parameter."""

    _fields = ("id", "ctx")


def parameter_names(node: ast.AST) -> list[str]:
    """Names that the interpreter's own grammar found on a definition or alias."""
    return [parameter.name for parameter in getattr(node, "type_params", ())]


def declared_parameters(node: ast.AST) -> tuple[str, ...]:
    """Type parameters that stand after the name of a definition or alias, in order."""
    found: tuple[str, ...] = getattr(node, _DECLARED, ())
    return found


def is_alias(node: ast.AST) -> bool:
    """Whether a statement is ``type Name = ...``, whose value Python reads only when somebody asks for it."""
    return type(node).__name__ == "TypeAlias" or (isinstance(node, ast.Assign) and hasattr(node, _DECLARED))


def mark(node: ast.AST, names: Collection[str]) -> None:
    """Note the type parameters of ``node``, and replace their uses in its signature, in the fields of a class, and in an alias."""
    setattr(node, _DECLARED, tuple(names))
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
