"""Mapped and partly bound tasks that a module holds: ``resize_all = map_task(resize)`` at module level, here or in another module."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.frontend.entities import Constant, External, FunctionEntity

if TYPE_CHECKING:
    from dagwright_compiler.frontend.entities import Entity
    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.promises import Value

_MADE_BY = ("map_task", "functools.partial")


def made_by_module(expressions: Expressions, frame: Frame, entity: Entity | None) -> Value | None:
    """What a name of a module stands for, where ``map_task`` or ``functools.partial`` made it of a task; else ``None``.

    Evaluated once for each workflow that uses it, with nothing but the module's own names.
    """
    if not isinstance(entity, Constant) or not _is_made(frame, entity):
        return None
    return expressions.of(frame.beside(entity.module)).evaluate(entity.value)


def _is_made(frame: Frame, entity: Constant) -> bool:
    """Whether a constant is a call of ``map_task``, or of ``functools.partial`` with a task at its root."""
    value: ast.expr = entity.value
    module, resolver, seen = entity.module, frame.services.resolver, {(entity.module.name, entity.name)}
    while True:
        if isinstance(value, ast.Call):
            made_by = resolver.expression(value.func, module)
            if not isinstance(made_by, External) or made_by.symbol not in _MADE_BY or not value.args:
                return False
            if made_by.symbol == "map_task":
                return True
            value = value.args[0]
            continue
        found = resolver.expression(value, module)
        if not isinstance(found, Constant) or (found.module.name, found.name) in seen:
            kind = frame.services.definitions.decoration(found).kind if isinstance(found, FunctionEntity) else "function"
            return kind != "function"
        seen.add((found.module.name, found.name))
        value, module = found.value, found.module
