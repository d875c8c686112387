"""Type parameters where they are used: those of PEP 695 by their bare names, a ``TypeVar`` by its module and name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.frontend.entities import Constant, External
from dagwright_compiler.frontend.type_parameters import TypeParameter

if TYPE_CHECKING:
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.resolution import Resolver


def type_variable(entity: object, resolver: Resolver) -> str | None:
    """The name of the type parameter that a constant is (``T = TypeVar("T")``), else ``None``."""
    if not (isinstance(entity, Constant) and isinstance(entity.value, ast.Call)):
        return None
    called = resolver.expression(entity.value.func, entity.module)
    is_variable = isinstance(called, External) and called.symbol == "typing.TypeVar"
    return f"{entity.module.name}.{entity.name}" if is_variable else None


def type_variables(node: ast.expr, module: Module, resolver: Resolver) -> tuple[str, ...]:
    """The type parameters that an expression names, in order, each once."""
    found: dict[str, None] = {}
    pending: list[ast.AST] = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, TypeParameter):
            found[part.id] = None
        elif isinstance(part, ast.Name | ast.Attribute):
            name = type_variable(resolver.expression(part, module), resolver)
            found.update({name: None} if name is not None else {})
        else:
            pending.extend(reversed(list(ast.iter_child_nodes(part))))
    return tuple(found)
