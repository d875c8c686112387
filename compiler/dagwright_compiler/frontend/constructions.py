"""Instances of the project's classes that a workflow body builds."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend import changes, structs
from dagwright_compiler.frontend.class_kinds import defines
from dagwright_compiler.frontend.entities import ClassEntity
from dagwright_compiler.frontend.frames import contains_broken
from dagwright_compiler.frontend.promises import BROKEN, Static, Value, unwrapped
from dagwright_compiler.frontend.settled_values import settled

if TYPE_CHECKING:
    from dagwright_compiler.frontend.entities import Constant
    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.ir.program import ClassDef


def construct(expressions: Expressions, frame: Frame, entity: ClassEntity | Constant, node: ast.Call) -> Value:
    """An instance of a class of the project: a constant, or one that holds results."""
    values, named = expressions.arguments(node)
    return build(expressions, frame, entity, node, (values, named))


def build(
    expressions: Expressions, frame: Frame, entity: ClassEntity | Constant, node: ast.Call, arguments: structs.Arguments
) -> Value:
    """The same with arguments that are evaluated. Lists and dicts among them stay as they are now."""
    values = [(settled(value), at) for value, at in arguments[0]]
    named = [(keyword, settled(value)) for keyword, value in arguments[1]]
    given = [value for value, _ in values] + [value for _, value in named]
    if any(contains_broken(value) for value in given):
        return BROKEN
    for value in (*(value for value, _ in arguments[0]), *(value for _, value in arguments[1])):
        changes.lend(frame, value, f"an instance of `{ast.unparse(node.func)}`")
    definition = _definition(frame, entity)
    makes_itself = definition is not None and definition.kind == "dataclass" and _runs_code(frame, definition)
    if all(isinstance(value, Static) for value in given) and not makes_itself:
        args = [unwrapped(value) for value, _ in values]
        kwargs = {keyword.arg or "": unwrapped(value) for keyword, value in named}
        evaluator = frame.services.evaluator
        return expressions.compute(node, lambda: evaluator.construct(entity, args, kwargs, frame.place(node)))
    if definition is not None:
        made = structs.build(frame, entity, definition, node, (values, named))
        frame.services.evaluator.sizes.check(made)
        return made
    name = ast.unparse(node.func)
    message = f"`{name}` cannot be built from results in a workflow: its fields are not known"
    return frame.report(codes.UNSUPPORTED_EXPRESSION, message, node, help_=f"build `{name}` in a task")


def _definition(frame: Frame, entity: ClassEntity | Constant) -> ClassDef | None:
    """Definition of a class that has fields, or ``None``."""
    classes = frame.services.classes
    if isinstance(entity, ClassEntity):
        name = classes.info(entity).name
    else:
        functional = classes.functional_type(entity)
        name = functional.name if functional is not None else ""
    found = classes.definition(name)
    return found if found is not None and found.kind != "enum" else None


def _runs_code(frame: Frame, definition: ClassDef) -> bool:
    return defines(frame.services.classes.known(f"{definition.module}.{definition.qualname}"), structs.RUNS_CODE)
