"""Instances of the project's classes that a workflow body builds."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.promises import BROKEN, Broken, Group, Static, Value

if TYPE_CHECKING:
    from dagwright_compiler.frontend.entities import ClassEntity, Constant
    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.ir.program import ClassDef


def construct(expressions: Expressions, frame: Frame, entity: ClassEntity | Constant, node: ast.Call) -> Value:
    """An instance of a class of the project: a constant, or (of a named tuple) a group that holds results."""
    values, named = expressions.arguments(node)
    given = [value for value, _ in values] + [value for _, value in named]
    if any(isinstance(value, Broken) for value in given):
        return BROKEN
    if all(isinstance(value, Static) for value in given):
        return expressions.static(node)
    definition = frame.services.classes.named_tuple(entity)
    if definition is not None:
        found = _named_tuple(frame, definition, node, [value for value, _ in values], named)
        return expressions.sized(found, node) if isinstance(found, Group) else found
    name = ast.unparse(node.func)
    message = f"`{name}` cannot be built from results in a workflow yet"
    return frame.report(codes.UNSUPPORTED_EXPRESSION, message, node, help_=f"build `{name}` in a task")


def _named_tuple(
    frame: Frame,
    definition: ClassDef,
    node: ast.Call,
    values: list[Value],
    named: list[tuple[ast.keyword, Value]],
) -> Group | Broken:
    """The fields of a named tuple in their order, with what its class gives by default."""
    names = [field.name for field in definition.fields]
    given = dict(zip(names, values, strict=False)) | {keyword.arg or "": value for keyword, value in named}
    defaults = frame.services.classes.defaults.get(f"{definition.module}.{definition.qualname}", {})
    found: dict[str, Value] = {name: Static(value) for name, value in defaults.items()} | given
    if set(found) != set(names) or len(values) + len(named) != len(given):
        message = f"`{definition.qualname}` takes {', '.join(names)}"
        return frame.report(codes.UNPACKING_MISMATCH, message, node)
    return Group("tuple", tuple(found[name] for name in names), tuple(names))
