"""Calls that take a task as an argument: ``functools.partial(f, x=...)`` and flytekit's ``create_node(f, x=...)``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend import calls
from dagwright_compiler.frontend.entities import External
from dagwright_compiler.frontend.promises import BROKEN, Broken, Function, Result, Value

if TYPE_CHECKING:
    from dagwright_compiler.frontend.entities import Entity
    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.frames import Frame


def partial(expressions: Expressions, frame: Frame, node: ast.Call) -> Value:
    """A task with arguments bound by name."""
    function, named = _function_and_names(expressions, frame, node, "functools.partial")
    if not isinstance(function, Function):
        return function
    bound, failed = calls.bind_given(frame, function, [], named)
    return BROKEN if failed else Function(function.callee, bound)


def create_node(expressions: Expressions, frame: Frame, node: ast.Call) -> Value:
    """The call of a task as a node, whose outputs are attributes."""
    function, named = _function_and_names(expressions, frame, node, "create_node")
    if not isinstance(function, Function):
        return function
    arguments = calls.bind_arguments(frame, function, node, [], named)
    return Result(calls.call(frame, function.callee, node, arguments), as_node=True)


def is_create_node(entity: Entity | None) -> bool:
    """Tell flytekit's ``create_node``; dagwright itself has none."""
    return isinstance(entity, External) and entity.symbol == "create_node" and entity.qualified.startswith("flytekit.")


def _function_and_names(
    expressions: Expressions, frame: Frame, node: ast.Call, what: str
) -> tuple[Function | Broken, list[tuple[ast.keyword, Value]]]:
    """The task or workflow that is the first argument, and what is given by name."""
    values, named = expressions.arguments(ast.Call(node.func, node.args[1:], node.keywords))
    if not node.args:
        return frame.report(codes.NOT_A_TASK, f"`{what}` lacks the task", node), named
    first = node.args[0]
    function = expressions.evaluate(first) if isinstance(first, ast.Call) else expressions.reference(first)
    if isinstance(function, Broken):
        return function, named
    if not isinstance(function, Function):
        message = f"`{what}` takes a task in a workflow, and `{ast.unparse(first)}` is none"
        return frame.report(codes.NOT_A_TASK, message, first), named
    if values:
        message = f"`{what}` takes inputs by name in a workflow"
        inputs = function.callee.interface.inputs
        help_ = f"write `{inputs[0].name}=...`" if inputs else ""
        return frame.report(codes.UNSUPPORTED_EXPRESSION, message, values[0][1], help_=help_), named
    return function, named
