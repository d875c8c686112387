"""Plain functions and lambdas that a body calls: read in the place of the call, as if their statements stood there."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend.findings import Place
from dagwright_compiler.frontend.frames import STEPS_OF_CALL
from dagwright_compiler.frontend.local_names import assigned_names
from dagwright_compiler.frontend.promises import (
    BROKEN,
    Broken,
    Closure,
    Promise,
    Record,
    Result,
    Static,
    Value,
    describe_source,
    unwrapped,
)
from dagwright_compiler.frontend.settled_values import symbolic_in

if TYPE_CHECKING:
    from dagwright_compiler.diagnostics.model import Diagnostic
    from dagwright_compiler.frontend.entities import FunctionEntity
    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.promises import Argument

_MOST_DEPTH = 25
"""Functions that call each other: Python's own stack bears no more of ours."""
_OF_RESULTS = (codes.PROMISE_OPERATION, codes.UNSUPPORTED_STATEMENT)
"""Codes of findings that a task would not have."""
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def is_plain(frame: Frame, entity: FunctionEntity) -> bool:
    """Whether a function of a module is one that can be read where it is called."""
    node = entity.node
    return (
        frame.services.definitions.decoration(entity).kind == "function"
        and isinstance(node, ast.FunctionDef)
        and not node.decorator_list
        and entity.made_by is None
        and not yields(node)
    )


def yields(node: ast.FunctionDef) -> bool:
    """Whether a call of a function gives a generator."""
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(part, _SCOPES):
            waiting.extend(ast.iter_child_nodes(part))
    return False


def closure(entity: FunctionEntity) -> Closure:
    """A function of a module as a value."""
    return Closure(entity.node.name, entity.node, entity.module)


def closure_of(expressions: Expressions, frame: Frame, node: ast.Lambda | ast.FunctionDef) -> Closure:
    """A function that is written in the body, or a lambda: it sees the variables around it as they are when it is called."""
    name = node.name if isinstance(node, ast.FunctionDef) else ""
    defaults = {argument.arg: expressions.evaluate(default) for argument, default in _defaults(node.args)}
    return Closure(name, node, frame.module, frame, defaults)


def call(
    expressions: Expressions,
    function: Closure,
    node: ast.expr,
    values: list[Argument],
    named: list[tuple[ast.keyword, Value]],
) -> Value:
    """Read a function with the values of a call."""
    frame = expressions.frame
    run, findings = frame.run, frame.services.findings
    if any(isinstance(value, Broken) for value, _ in values) or any(isinstance(value, Broken) for _, value in named):
        return BROKEN
    if run.depth >= _MOST_DEPTH:
        what = f"`{function.name}` is" if function.name else "a lambda is"
        message = f"{what} called inside {_MOST_DEPTH} functions that call each other"
        return frame.report(codes.NESTED_TOO_DEEPLY, message, node, help_="loop in a task, or write the calls out")
    inner = frame.beside(function.module)
    if function.frame is not None:
        inner = function.frame.inner({}, frozenset())
    variables = _bound(expressions, function, node, values, named)
    if variables is None:
        return BROKEN
    body = function.node.body if isinstance(function.node, ast.FunctionDef) else None
    inner.variables = variables
    inner.assigned = frozenset(variables) | (assigned_names(body) if body is not None else frozenset())
    source = _first_result(values, named)
    calls = len(run.calls)
    frame.step(node, STEPS_OF_CALL)
    run.depth += 1
    run.decision, decision = None, run.decision
    findings.repeating += 1
    findings.called_from.append(frame.place(node))
    result: list[Value] = []

    def read() -> None:
        if body is not None:
            result.append(run.execute(inner, body) or Static(None))
        else:
            assert isinstance(function.node, ast.Lambda)
            result.append(expressions.of(inner).evaluate(function.node.body))

    try:
        if source is None:
            read()
            return result[0]
        held = findings.held(read)
    finally:
        findings.called_from.pop()
        findings.repeating -= 1
        run.depth -= 1
        run.decision = decision
    first = next((found for found in held if found.is_error), None)
    if first is not None and first.code in _OF_RESULTS and len(run.calls) == calls and function.name:
        return _refuse(frame, function, node, source, first)
    findings.keep_held(held)
    return result[0] if result else BROKEN


def _refuse(frame: Frame, function: Closure, node: ast.expr, source: Value, found: Diagnostic) -> Broken:
    """Report a function that makes no calls and computes with a result: it was meant to be a task."""
    name = function.name
    message = f"`{name}` is a plain function, and it needs the value of {describe_source(source)}, which exists only when the workflow runs"
    related: list[tuple[object, str]] = [(Place(function.module, function.node), "it is defined here")]
    if found.span is not None:
        related.append((found.span, "the value is needed here"))
    at = node.func if isinstance(node, ast.Call) else node
    frame.services.findings.add(
        codes.NOT_A_TASK,
        message,
        frame.place(at),
        help=f"decorate `{name}` with `@task`, or call it inside a task",
        related=related,  # type: ignore[arg-type]  # places and spans
    )
    return BROKEN


def _first_result(values: list[Argument], named: list[tuple[ast.keyword, Value]]) -> Value | None:
    """The first argument that only a run knows, or the first part of one."""
    for value in (*(value for value, _ in values), *(value for _, value in named)):
        found = symbolic_in(unwrapped(value))
        if isinstance(found, Promise | Result | Record):
            return found
    return None


def _bound(
    expressions: Expressions,
    function: Closure,
    node: ast.expr,
    values: list[Argument],
    named: list[tuple[ast.keyword, Value]],
) -> dict[str, Value] | None:
    """Parameters with their values, as Python binds them; ``None`` after a finding."""
    frame, arguments = expressions.frame, function.node.args
    at = node.func if isinstance(node, ast.Call) else node
    name = f"`{function.name}`" if function.name else "the lambda"
    related = ((Place(function.module, function.node), f"{name} is defined here"),)
    positional = [parameter.arg for parameter in (*arguments.posonlyargs, *arguments.args)]
    found: dict[str, Value] = {each: value for each, (value, _) in zip(positional, values, strict=False)}
    rest = values[len(positional) :]
    if rest and arguments.vararg is None:
        count = f"{len(positional)} positional argument{'s' if len(positional) != 1 else ''}"
        frame.report(codes.TOO_MANY_ARGUMENTS, f"{name} takes {count}, but {len(values)} are passed", rest[0][1], related=related)
        return None
    if arguments.vararg is not None:
        found[arguments.vararg.arg] = Static(tuple(unwrapped(value) for value, _ in rest))
    by_name = {parameter.arg for parameter in (*arguments.args, *arguments.kwonlyargs)}
    others: dict[str, object] = {}
    for keyword, value in named:
        key = keyword.arg or ""
        if (key in found and key in by_name) or key in others:
            frame.report(codes.REPEATED_ARGUMENT, f"`{key}` is passed twice to {name}", keyword.value)
            return None
        if key in by_name:
            found[key] = value
        elif arguments.kwarg is not None:
            others[key] = unwrapped(value)
        else:
            help_ = did_you_mean(key, sorted(by_name - set(found)))
            frame.report(codes.UNKNOWN_ARGUMENT, f"{name} has no parameter `{key}`", keyword, help_=help_, related=related)
            return None
    if arguments.kwarg is not None:
        found[arguments.kwarg.arg] = Static(others)
    given = {parameter.arg: default for parameter, default in _defaults(arguments)}
    for parameter in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if parameter.arg in found:
            continue
        if parameter.arg in function.defaults:
            found[parameter.arg] = function.defaults[parameter.arg]
        elif parameter.arg in given:
            found[parameter.arg] = _default(expressions.of(frame.beside(function.module)), given[parameter.arg])
        else:
            message = f"{name} lacks the argument `{parameter.arg}`"
            frame.report(codes.MISSING_ARGUMENT, message, at, help_=f"pass `{parameter.arg}=...`", related=related)
            return None
    return found


def _default(expressions: Expressions, node: ast.expr) -> Value:
    """A default of a function of a module: one object for all its calls, so nothing may change it."""
    value = expressions.evaluate(node)
    expressions.frame.services.evaluator.shared.add(unwrapped(value))
    return value


def _defaults(arguments: ast.arguments) -> list[tuple[ast.arg, ast.expr]]:
    """Parameters that have a default."""
    positional = [*arguments.posonlyargs, *arguments.args]
    with_default = positional[len(positional) - len(arguments.defaults) :]
    found = list(zip(with_default, arguments.defaults, strict=True))
    for parameter, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            found.append((parameter, default))
    return found
