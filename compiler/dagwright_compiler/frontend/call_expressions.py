"""Calls in a workflow body: what is called decides who reads the arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend import (
    body_functions,
    calls,
    changes,
    constructions,
    function_calls,
    gate_calls,
    inlined_functions,
    mapping,
    ordering,
    overrides,
    refusals,
    static_methods,
)
from dagwright_compiler.frontend import static_operations as operations
from dagwright_compiler.frontend.body_functions import BodyCall
from dagwright_compiler.frontend.entities import (
    ClassEntity,
    Constant,
    Entity,
    External,
    FunctionEntity,
    Unresolved,
    UnstableEntity,
)
from dagwright_compiler.frontend.external_calls import call_external, known_method
from dagwright_compiler.frontend.findings import ArgumentPlace
from dagwright_compiler.frontend.iteration import VIEWS
from dagwright_compiler.frontend.known_values import KnownCall
from dagwright_compiler.frontend.module_values import made_by_module
from dagwright_compiler.frontend.names import unsupported
from dagwright_compiler.frontend.promises import (
    BROKEN,
    Broken,
    Closure,
    Function,
    Mapped,
    Named,
    Promise,
    Result,
    Static,
    Value,
    describe_source,
    unwrapped,
    value_of,
    wrapped,
)
from dagwright_compiler.frontend.settled_values import symbolic_in
from dagwright_compiler.frontend.unreadable_expressions import UNCALLED, refuse_entity, refuse_operation

if TYPE_CHECKING:
    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.findings import Place
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.known_values import StaticValue
    from dagwright_compiler.frontend.promises import Argument

    Arguments = tuple[list[Argument], list[tuple[ast.keyword, Value]]]

_LOGGERS = ("logging.", "warnings.warn", "structlog.", "loguru.")
_LOG_METHODS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log"})
_VIEWS_OF_DICTS = frozenset({"items", "keys", "values"})


def call(expressions: Expressions, frame: Frame, node: ast.Call) -> Value:
    """What a call gives: a task or workflow becomes a node, a plain function is read, anything else is computed or a finding."""
    func = node.func
    if isinstance(func, ast.Attribute) and func.attr in ("with_overrides", "runs_before"):
        owner = expressions.evaluate(func.value)
        if isinstance(owner, Broken):
            return owner
        if func.attr == "with_overrides":
            return overrides.override(frame, owner, node)
        others = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "other")]
        return ordering.runs_before(frame, owner, node, [(expressions.evaluate(argument), argument) for argument in others])
    refused = refusals.refuse_chain(frame, node) if isinstance(func, ast.Attribute | ast.Call) else None
    if refused is not None:
        return refused
    if isinstance(func, ast.Name):
        return _call_name(expressions, frame, func, node)
    entity = frame.entity(func) if isinstance(func, ast.Attribute) else None
    if entity is not None:
        return call_entity(expressions, frame, entity, node, None)
    if isinstance(func, ast.Attribute):
        return refusals.refuse_method(frame, func) or _call_method(expressions, frame, node, func)
    if isinstance(func, ast.Subscript) and frame.entity(func.value) is not None:
        return expressions.static(node)  # `Box[int](1)`, `FlyteFile["csv"](...)`: type arguments change no value
    return apply(expressions, frame, expressions.evaluate(func), node, expressions.arguments(node))


def _call_name(expressions: Expressions, frame: Frame, func: ast.Name, node: ast.Call) -> Value:
    if frame.is_local(func.id):
        function = frame.find(func.id) or expressions.name(func)
        return apply(expressions, frame, function, node, None)
    entity = frame.services.resolver.name(func.id, frame.module)
    return call_entity(expressions, frame, entity, node, None)


def call_entity(expressions: Expressions, frame: Frame, entity: Entity, node: ast.Call, arguments: Arguments | None) -> Value:
    """Call what a name of a module stands for; ``arguments`` where they are evaluated already."""
    if isinstance(entity, FunctionEntity):
        callee = frame.services.definitions.callee(entity)
        if callee is not None:
            return apply(expressions, frame, Function(callee), node, arguments)
        arguments = arguments or expressions.arguments(node)
        if frame.services.definitions.decoration(entity).kind == "broken":
            return BROKEN
        if not inlined_functions.is_plain(frame, entity):
            return refusals.refuse_function(frame, entity, node.func)
        return apply(expressions, frame, inlined_functions.closure(entity), node, arguments)
    if isinstance(entity, External):
        return _call_external(expressions, frame, entity, node, arguments)
    made = made_by_module(expressions, frame, entity)
    if made is not None:
        return apply(expressions, frame, made, node, arguments)
    if isinstance(entity, ClassEntity | Constant):
        refused = refusals.refuse_instance(frame, entity, node)
        if refused is not None:
            return refused
        return constructions.build(expressions, frame, entity, node, arguments or expressions.arguments(node))
    if arguments is None:
        expressions.arguments(node)
    if isinstance(entity, Unresolved | UnstableEntity):
        return refuse_entity(frame, entity, node.func)
    return refusals.refuse_other(frame, node.func)


def _call_external(
    expressions: Expressions, frame: Frame, entity: External, node: ast.Call, arguments: Arguments | None
) -> Value:
    if entity.symbol == "map_task":
        return mapping.make(expressions, frame, node)
    if entity.symbol in gate_calls.PARAMETERS:
        return gate_calls.call(expressions, frame, entity.symbol, node)
    if entity.symbol == "functools.partial":
        return function_calls.partial(expressions, frame, node)
    if function_calls.is_create_node(entity):
        return function_calls.create_node(expressions, frame, node)
    if entity.qualified == "builtins.print" or entity.qualified.startswith(_LOGGERS):
        return _drop(expressions, frame, node)
    if unsupported(entity.qualified):
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            if frame.calls_task(argument):  # calls in it have mistakes of their own
                expressions.evaluate(argument)
        return refusals.refuse(frame, entity, node.func)
    values, named = arguments or expressions.arguments(node)
    if any(isinstance(value, Broken) for value in (*(value for value, _ in values), *(value for _, value in named))):
        return BROKEN
    args, kwargs = [unwrapped(value) for value, _ in values], {keyword.arg or "": unwrapped(value) for keyword, value in named}
    home, _, name = entity.qualified.rpartition(".")
    if home == "builtins" and (name in body_functions.BUILTINS or name in operations.FUNCTIONS):

        def read(function: Value, given: list[Value]) -> Value:
            return apply(expressions, frame, function, node, ([(value, node) for value in given], []))

        return body_functions.call(BodyCall(expressions, node, name, (args, kwargs), read))
    if entity.qualified in body_functions.ITERATORS:
        return body_functions.iterator(BodyCall(expressions, node, entity.qualified, (args, kwargs), _nothing))
    elsewhere = frame.services.resolver.elsewhere(entity, frame.module) if home != "builtins" else ""
    if elsewhere:
        return frame.report(codes.NOT_A_TASK, f"`{entity.qualified}` is not found from this file", node.func, help_=elsewhere)
    for value in (*args, *kwargs.values()):
        inside = symbolic_in(value)
        if inside is not None:
            what = ast.unparse(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else entity.qualified
            return _refuse_external(frame, node, wrapped(inside), what)
    places: dict[str, Place] = {keyword.arg or "": ArgumentPlace(frame.module, keyword) for keyword, _ in named}
    return expressions.compute(node, lambda: call_external(entity, node, frame.module, lambda: (args, kwargs, places)))


def _nothing(_function: Value, _given: list[Value]) -> Value:
    return BROKEN  # nothing of `itertools` that is known calls a function


def _refuse_external(frame: Frame, node: ast.Call, value: Value, name: str) -> Broken:
    if isinstance(value, Broken):
        return value
    if isinstance(value, UNCALLED):
        return refuse_operation(frame, node, value, what=f"`{name}`")
    message = f"`{name}` needs the value of {describe_source(value)}, which exists only when the workflow runs"
    return frame.report(codes.PROMISE_OPERATION, message, node, help_=f"call `{name}` inside a task")


def apply(expressions: Expressions, frame: Frame, function: Value, node: ast.Call, arguments: Arguments | None) -> Value:
    """Call a task, a workflow, a mapped task or a plain function; ``arguments`` where they are evaluated already."""
    if isinstance(function, Named):
        return call_entity(expressions, frame, function.entity, node, arguments)
    values, named = arguments or expressions.arguments(node)
    if isinstance(function, Closure):
        return inlined_functions.call(expressions, function, node, values, named)
    if isinstance(function, Function):
        bound = calls.bind_arguments(frame, function, node, values, named)
        return value_of(calls.call(frame, function.callee, node, bound))
    if isinstance(function, Mapped):
        return mapping.call(frame, function, node, values, named)
    if isinstance(function, Broken):
        return function
    message = f"{describe_source(function)} cannot be called"
    help_ = "leave the parentheses behind it out: it is a value already" if isinstance(function, Promise | Result) else ""
    return frame.report(codes.NOT_A_TASK, message, node.func, help_=help_)


def _call_method(expressions: Expressions, frame: Frame, node: ast.Call, func: ast.Attribute) -> Value:
    """A method of a value: of a text, list, dict or set; results have none that a workflow can call."""
    if func.attr in _LOG_METHODS and _is_logger(frame, func.value):
        return _drop(expressions, frame, node)
    owner = expressions.evaluate(func.value)
    if isinstance(owner, Broken):
        expressions.arguments(node)
        return owner
    values, named = expressions.arguments(node)
    if not isinstance(owner, Static):
        return refuse_operation(frame, node, owner)
    if any(isinstance(value, Broken) for value in (*(value for value, _ in values), *(value for _, value in named))):
        if (
            isinstance(owner.value, list)
            and func.attr in ("append", "insert")
            and not frame.services.evaluator.shared.holds(owner.value)
        ):
            owner.value.append(BROKEN)  # so that its length is right
        return BROKEN
    args, kwargs = [unwrapped(value) for value, _ in values], {keyword.arg or "": unwrapped(value) for keyword, value in named}
    value = owner.value
    if isinstance(value, KnownCall):
        return expressions.compute(node, lambda: known_method(value, node, args, kwargs, frame.module))
    if func.attr in changes.METHODS.get(type(value), ()):
        return changes.call_method(expressions, node, value, func.attr, (args, kwargs))
    return _pure_method(expressions, node, value, func.attr, (args, kwargs))


def _pure_method(
    expressions: Expressions,
    node: ast.Call,
    owner: StaticValue,
    name: str,
    given: tuple[list[StaticValue], dict[str, StaticValue]],
) -> Value:
    frame = expressions.frame
    args, kwargs = given
    if isinstance(owner, dict) and name in _VIEWS_OF_DICTS and not args and not kwargs:
        return Static(getattr(owner, name)())
    if isinstance(owner, list | dict | set) and name == "copy" and not args and not kwargs:
        return Static(owner.copy())
    if isinstance(owner, dict) and name == "get" and 1 <= len(args) <= 2 and not kwargs and _is_known_key(owner, args[0]):
        return expressions.compute(node, lambda: owner.get(operations.check_key(args[0]), args[1] if len(args) > 1 else None))
    if isinstance(owner, list) and name == "sort":
        return _sort(expressions, node, owner, given)
    for value in (owner, *args, *kwargs.values()):
        inside = symbolic_in(value)
        if inside is not None:
            return refuse_operation(frame, node, wrapped(inside))
    args = [list(value) if isinstance(value, (Iterator, *VIEWS)) else value for value in args]
    return expressions.compute(node, lambda: static_methods.call_method(owner, name, args, kwargs))


def _is_known_key(owner: dict[StaticValue, StaticValue], key: StaticValue) -> bool:
    """Whether a key can be looked up; what the values are does not matter."""
    return symbolic_in(key) is None and all(map(operations.is_comparable, (key, *owner)))


def _sort(
    expressions: Expressions,
    node: ast.Call,
    owner: list[StaticValue],
    given: tuple[list[StaticValue], dict[str, StaticValue]],
) -> Value:
    """``values.sort(key=...)``: as ``sorted`` does it, in place."""
    frame = expressions.frame

    def read(function: Value, values: list[Value]) -> Value:
        return apply(expressions, frame, function, node, ([(value, node) for value in values], []))

    if not changes.may_change(frame, owner, node):
        return BROKEN
    made = body_functions.call(BodyCall(expressions, node, "sorted", ([list(owner), *given[0]], given[1]), read))
    if isinstance(made, Static):
        owner[:] = made.value
        return Static(None)
    return made


def _is_logger(frame: Frame, node: ast.expr) -> bool:
    """Whether a name is what ``logging.getLogger(...)`` gives, at module level."""
    entity = frame.entity(node)
    if not isinstance(entity, Constant) or not isinstance(entity.value, ast.Call):
        return False
    maker = frame.services.resolver.expression(entity.value.func, entity.module)
    return isinstance(maker, External) and maker.qualified.startswith(_LOGGERS)


def _drop(expressions: Expressions, frame: Frame, node: ast.Call) -> Value:
    for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
        if frame.calls_task(argument):  # what is called is no part of what is dropped
            expressions.evaluate(argument.value if isinstance(argument, ast.Starred) else argument)
    if frame.run.depth == 0:  # a plain function may be called by tasks as well, where it does something
        what = ast.unparse(node.func)
        verb = "print" if what == "print" else "log"
        message = f"`{what}` in a workflow does nothing when it runs: it is dropped"
        frame.report(codes.DROPPED_PRINT, message, node, help_=f"{verb} inside a task")
    return Static(None)
