"""Calls that take a task as an argument: ``functools.partial(f, x=...)`` and flytekit's ``create_node(f, x=...)``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend import calls, changes, mapping
from dagwright_compiler.frontend.entities import External, FunctionEntity
from dagwright_compiler.frontend.promises import BROKEN, Broken, Function, Mapped, Result, Value

if TYPE_CHECKING:
    from dagwright_compiler.frontend.entities import Entity
    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.promises import Argument


def partial(expressions: Expressions, frame: Frame, node: ast.Call) -> Value:
    """A task with some arguments bound, by position or by name."""
    function, values, named = _function_and_arguments(expressions, frame, node, "functools.partial")
    if isinstance(function, Mapped):
        return frame.report(
            codes.NOT_A_TASK,
            "`functools.partial` cannot bind inputs of a mapped task",
            node,
            help_="bind first, and map what that gives",
        )
    if isinstance(function, Broken):
        return function
    for value in (*(value for value, _ in values), *(value for _, value in named)):
        changes.lend(frame, value, "`functools.partial`")
    before = frame.services.findings.errors
    bound, _ = calls.bind_given(frame, function, values, named)
    if frame.services.findings.errors != before:
        return BROKEN
    return Function(function.callee, bound, function.positional + len(values))


def create_node(expressions: Expressions, frame: Frame, node: ast.Call) -> Value:
    """The call of a task as a node, whose outputs are attributes."""
    function, values, named = _function_and_arguments(expressions, frame, node, "create_node")
    if isinstance(function, Broken):
        return function
    called = function.function if isinstance(function, Mapped) else function
    if values:
        inputs = called.callee.interface.inputs if called is not None else ()
        help_ = f"write `{inputs[0].name}=...`" if inputs else ""
        return frame.report(codes.UNSUPPORTED_EXPRESSION, "`create_node` takes inputs by name", values[0][1], help_=help_)
    if isinstance(function, Mapped):
        made = mapping.add_call(frame, function, node, [], named)
        return BROKEN if made is None else Result(made, as_node=True)
    arguments = calls.bind_arguments(frame, function, node, [], named)
    return Result(calls.call(frame, function.callee, node, arguments), as_node=True)


def is_create_node(entity: Entity | None) -> bool:
    """Tell flytekit's ``create_node``; dagwright itself has none."""
    return isinstance(entity, External) and entity.symbol == "create_node" and entity.qualified.startswith("flytekit.")


def _function_and_arguments(
    expressions: Expressions, frame: Frame, node: ast.Call, what: str
) -> tuple[Function | Mapped | Broken, list[Argument], list[tuple[ast.keyword, Value]]]:
    """The task or workflow that is the first argument, and what is given after it."""
    values, named = expressions.arguments(ast.Call(node.func, node.args[1:], node.keywords))
    if not node.args:
        return frame.report(codes.NOT_A_TASK, f"`{what}` lacks the task", node), values, named
    first = node.args[0]
    function = expressions.evaluate(first) if isinstance(first, ast.Call) else expressions.reference(first)
    if not isinstance(function, Function | Mapped | Broken):
        message = f"in a workflow `{what}` takes a task, and `{ast.unparse(first)}` is not one"
        entity = frame.entity(first)
        help_ = f"decorate `{entity.node.name}` with `@task`" if isinstance(entity, FunctionEntity) else ""
        return frame.report(codes.NOT_A_TASK, message, first, help_=help_), values, named
    return function, values, named
