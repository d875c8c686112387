"""Calls in a workflow body: what is called decides who reads the arguments."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend import calls, constructions, function_calls, mapping, ordering, overrides, refusals
from dagwright_compiler.frontend.entities import (
    ClassEntity,
    Constant,
    Entity,
    External,
    FunctionEntity,
    Unresolved,
    UnstableEntity,
)
from dagwright_compiler.frontend.module_values import made_by_module
from dagwright_compiler.frontend.names import NOT_YET
from dagwright_compiler.frontend.promises import (
    BROKEN,
    Broken,
    Function,
    Mapped,
    Static,
    Value,
    describe_source,
    value_of,
)
from dagwright_compiler.frontend.unreadable_expressions import refuse_entity

if TYPE_CHECKING:
    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.frames import Frame


def call(expressions: Expressions, frame: Frame, node: ast.Call) -> Value:
    """What a call gives: a task or workflow becomes a node, a constant is computed, anything else is a finding."""
    func = node.func
    if isinstance(func, ast.Attribute) and func.attr in ("with_overrides", "runs_before"):
        owner = expressions.evaluate(func.value)
        if isinstance(owner, Broken):
            return owner
        if func.attr == "with_overrides":
            return overrides.override(frame, owner, node)
        return ordering.runs_before(frame, owner, node, [(expressions.evaluate(argument), argument) for argument in node.args])
    refused = refusals.refuse_chain(frame, node) if isinstance(func, ast.Attribute | ast.Call) else None
    if refused is not None:
        return refused
    if isinstance(func, ast.Call):
        return _apply(expressions, frame, expressions.evaluate(func), node)
    root = func
    while isinstance(root, ast.Attribute):
        root = root.value
    if isinstance(root, ast.Name) and (root.id in frame.variables or root.id in frame.assigned):
        return _apply(expressions, frame, expressions.name(root), node) if root is func else expressions.static(node)
    entity = frame.services.resolver.expression(func, frame.module)
    if entity is not None:
        return _call_entity(expressions, frame, entity, node)
    return refusals.refuse_method(frame, func) or expressions.static(node)


def _call_entity(expressions: Expressions, frame: Frame, entity: Entity, node: ast.Call) -> Value:
    if isinstance(entity, FunctionEntity):
        callee = frame.services.definitions.callee(entity)
        if callee is not None:
            return _apply(expressions, frame, Function(callee), node)
        expressions.arguments(node)
        if frame.services.definitions.decoration(entity).kind == "broken":
            return BROKEN
        return refusals.refuse_function(frame, entity, node.func)
    if isinstance(entity, External):
        return _call_external(expressions, frame, entity, node)
    made = made_by_module(expressions, frame, entity)
    if made is not None:
        return _apply(expressions, frame, made, node)
    if isinstance(entity, ClassEntity | Constant):
        return refusals.refuse_instance(frame, entity, node) or constructions.construct(expressions, frame, entity, node)
    expressions.arguments(node)
    if isinstance(entity, Unresolved | UnstableEntity):
        return refuse_entity(frame, entity, node.func)
    return refusals.refuse_other(frame, node.func)


def _call_external(expressions: Expressions, frame: Frame, entity: External, node: ast.Call) -> Value:
    if entity.symbol == "map_task":
        return mapping.make(expressions, frame, node)
    if entity.symbol == "functools.partial":
        return function_calls.partial(expressions, frame, node)
    if function_calls.is_create_node(entity):
        return function_calls.create_node(expressions, frame, node)
    if entity.qualified == "builtins.print":
        return _drop_print(expressions, frame, node)
    if entity.symbol in NOT_YET:
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            if frame.promise_in(argument) is not None:  # calls in it have mistakes of their own
                expressions.evaluate(argument)
        return refusals.refuse(frame, entity, node.func)
    values, named = expressions.arguments(node)
    elsewhere = frame.services.resolver.elsewhere(entity, frame.module) if not entity.qualified.startswith("builtins.") else ""
    if elsewhere:
        return frame.report(codes.NOT_A_TASK, f"`{entity.qualified}` is not found from this file", node.func, help_=elsewhere)
    given = [value for value, _ in values] + [value for _, value in named]
    if any(isinstance(value, Broken) for value in given):
        return BROKEN
    if all(isinstance(value, Static) for value in given):
        return expressions.static(node)
    name = entity.qualified.removeprefix("builtins.")
    source = next(value for value in given if not isinstance(value, Static))
    message = f"`{name}` needs the value of {describe_source(source)}, which exists only when the workflow runs"
    return frame.report(codes.PROMISE_OPERATION, message, node, help_=f"call `{name}` inside a task")


def _apply(expressions: Expressions, frame: Frame, function: Value, node: ast.Call) -> Value:
    """Call a task, a workflow, or a mapped task."""
    values, named = expressions.arguments(node)
    if isinstance(function, Function):
        arguments = calls.bind_arguments(frame, function, node, values, named)
        return value_of(calls.call(frame, function.callee, node, arguments))
    if isinstance(function, Mapped):
        return mapping.call(frame, function, node, values, named)
    if isinstance(function, Broken):
        return function
    message = f"{describe_source(function)} cannot be called"
    return frame.report(codes.NOT_A_TASK, message, node.func)


def _drop_print(expressions: Expressions, frame: Frame, node: ast.Call) -> Value:
    for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
        if frame.calls_task(argument):  # what is called is no part of what is dropped
            expressions.evaluate(argument.value if isinstance(argument, ast.Starred) else argument)
    frame.report(
        codes.DROPPED_PRINT,
        "`print` in a workflow does nothing when it runs: it is dropped",
        node,
        help_="print inside a task",
    )
    return Static(None)
