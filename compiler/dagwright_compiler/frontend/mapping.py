"""``map_task``: making a mapped task, and calling it over a list."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright.contract.types import list_of
from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend.calls import Argument, bind_inputs, mapped_type, source_places
from dagwright_compiler.frontend.entities import External, FunctionEntity
from dagwright_compiler.frontend.groups import describe_group
from dagwright_compiler.frontend.promises import BROKEN, Broken, Call, Function, Group, Mapped, Promise, Static, Value, value_of
from dagwright_compiler.frontend.typing_rules import spell
from dagwright_compiler.frontend.wire_values import describe
from dagwright_compiler.ir.program import Field

if TYPE_CHECKING:
    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.promises import Callee

_OPTIONS_NOT_YET = {
    "metadata": "write `map_task(f)(x=...).with_overrides(retries=...)`",
    "min_success_ratio": "leave it out: one failed element ends the workflow",
    "min_successes": "leave it out: one failed element ends the workflow",
    "run_all_sub_nodes": "leave it out",
    "security_ctx": "leave it out",
    "bound_inputs": "pack the other values into a dataclass, one for each element",
    "bound_inputs_values": "pack the other values into a dataclass, one for each element",
}


def make(expressions: Expressions, frame: Frame, node: ast.Call) -> Value:
    """``map_task(f, concurrency=...)``."""
    if not node.args:
        return frame.report(codes.WRONG_MAP, "`map_task` lacks the task to map", node, help_="write `map_task(f)(x=values)`")
    if len(node.args) > 1:
        return frame.report(
            codes.WRONG_MAP,
            "`map_task` takes one task; the rest are keywords",
            node.args[1],
            help_="write `map_task(f, concurrency=10)(x=values)`",
        )
    callee = _target(expressions, frame, node.args[0])
    concurrency = _options(expressions, frame, node)
    return Mapped(callee, concurrency)


def call(frame: Frame, mapped: Mapped, node: ast.Call, values: list[Argument], named: list[tuple[ast.keyword, Value]]) -> Value:
    """``map_task(f)(x=values)``: one element of the list for each run of the task."""
    callee = mapped.callee
    if callee is None:
        return BROKEN
    inputs = callee.interface.inputs
    if len(values) + len(named) != 1:
        message = (
            f"a map runs over exactly one list, but {len(values) + len(named)} arguments are passed"
            if values or named
            else "a map lacks the list to run over"
        )
        help_ = (
            f"pass `{inputs[0].name}=...`"
            if inputs and not (values or named)
            else "pack the values of each element into a dataclass, in a task before the map"
        )
        return frame.report(codes.WRONG_MAP, message, node, help_=help_)
    over = _over(frame, callee, values, named)
    if over is None:
        return BROKEN
    field, argument = over
    others = [other.name for other in inputs if other is not field and not (other.has_default or other.deferred)]
    if others:
        message = f"`{callee.node.name}` also needs `{others[0]}`, and a map passes one input only"
        return frame.report(
            codes.WRONG_MAP,
            message,
            node.func,
            help_="pack the values of each element into a dataclass, in a task before the map",
        )
    output = callee.interface.outputs
    made = Call(
        "map",
        callee,
        node,
        tuple(Field(name=out.name, type=list_of(out.type)) for out in output),
        {},
        {},
        [],
        over=field.name,
        concurrency=mapped.concurrency,
    )
    if _is_list(frame, callee, field, argument):
        bind_inputs(frame, made, {field.name: argument}, {field.name: mapped_type(field)})
    frame.calls.append(made)
    return value_of(made)


def _target(expressions: Expressions, frame: Frame, node: ast.expr) -> Callee | None:
    value = expressions.reference(node)
    if isinstance(value, Function):
        callee = value.callee
        if callee.kind == "workflow":
            frame.report(codes.WRONG_MAP, f"the workflow `{callee.node.name}` cannot be mapped yet", node, help_="map a task")
        elif callee.interface.returns in ("tuple", "namedtuple"):
            message = f"`{callee.node.name}` gives {len(callee.interface.outputs)} values, and a map collects one"
            frame.report(codes.WRONG_MAP, message, node, help_="return one dataclass")
        elif not callee.interface.inputs:
            frame.report(codes.WRONG_MAP, f"`{callee.node.name}` has no input to map over", node)
        else:
            return callee
        return None
    if value is not None:
        if not isinstance(value, Broken):
            frame.report(
                codes.WRONG_MAP,
                "`map_task` takes a task",
                node,
                help_="write `map_task(f)(x=values)` with a function decorated with `@task`",
            )
        return None
    _refuse_target(frame, node)
    return None


def _refuse_target(frame: Frame, node: ast.expr) -> None:
    called = node.func if isinstance(node, ast.Call) else node
    entity = frame.services.resolver.expression(called, frame.module)
    if isinstance(node, ast.Call) and isinstance(entity, External) and entity.symbol == "functools.partial":
        help_ = "pack the values of each element into a dataclass, in a task before the map"
        frame.report(codes.NOT_SUPPORTED_YET, "mapping a `functools.partial` is not supported yet", node, help_=help_)
    elif isinstance(node, ast.Call) and isinstance(entity, FunctionEntity):
        frame.report(
            codes.WRONG_MAP,
            "`map_task` takes the task itself, not a call of it",
            node,
            help_=f"write `map_task({ast.unparse(called)})(...)`",
        )
    else:
        frame.report(
            codes.WRONG_MAP,
            f"`{ast.unparse(node)}` is no task",
            node,
            help_="write `map_task(f)(x=values)` with a function decorated with `@task`",
        )


def _options(expressions: Expressions, frame: Frame, node: ast.Call) -> int:
    concurrency = 0
    for keyword in node.keywords:
        if keyword.arg == "concurrency":
            value = expressions.evaluate(keyword.value)
            if isinstance(value, Static):
                if value.value is None:
                    continue
                if type(value.value) is int and value.value >= 0:
                    concurrency = value.value
                else:
                    frame.report(
                        codes.WRONG_MAP,
                        f"`concurrency` is a whole number from 0 (no limit), found {describe(value.value)}",
                        keyword.value,
                    )
            elif not isinstance(value, Broken):
                frame.report(
                    codes.PROMISE_OPERATION,
                    "`concurrency` is needed while compiling",
                    keyword.value,
                    help_="write a literal or a module constant",
                )
        elif keyword.arg in _OPTIONS_NOT_YET:
            frame.report(
                codes.NOT_SUPPORTED_YET,
                f"`{keyword.arg}` of `map_task` is not supported yet",
                keyword,
                help_=_OPTIONS_NOT_YET[keyword.arg],
            )
        else:
            help_ = (
                did_you_mean(keyword.arg or "", ("concurrency", *_OPTIONS_NOT_YET))
                or "arguments of the task stand in the second pair of parentheses"
            )
            frame.report(codes.UNKNOWN_OPTION, f"`map_task` has no keyword `{keyword.arg or '**'}`", keyword, help_=help_)
    return concurrency


def _over(
    frame: Frame, callee: Callee, values: list[Argument], named: list[tuple[ast.keyword, Value]]
) -> tuple[Field, Argument] | None:
    inputs = callee.interface.inputs
    if values:
        return inputs[0], values[0]
    keyword, value = named[0]
    field = callee.interface.by_name.get(keyword.arg or "")
    if field is None:
        help_ = (
            did_you_mean(keyword.arg or "", callee.interface.by_name) or f"its inputs are {', '.join(callee.interface.by_name)}"
        )
        frame.report(codes.UNKNOWN_ARGUMENT, f"`{callee.node.name}` has no input `{keyword.arg or '**'}`", keyword, help_=help_)
        return None
    return field, (value, keyword.value)


def _is_list(frame: Frame, callee: Callee, field: Field, argument: Argument) -> bool:
    value, node = argument
    if isinstance(value, Promise) and value.type.kind not in ("list", "unknown"):
        message = f"a map of `{callee.node.name}` takes a list for `{field.name}`, but this is `{spell(value.type)}`"
        expected = spell(mapped_type(field))
        frame.report(
            codes.NOT_A_LIST,
            message,
            node,
            label=f"expected `{expected}`",
            related=tuple(source_places(frame, value)),
            help_=f"give `{expected}`, or call the task without `map_task`",
        )
        return False
    if isinstance(value, Group) and value.kind != "list":
        message = f"a map of `{callee.node.name}` takes a list for `{field.name}`, but this is {describe_group(value)}"
        frame.report(codes.NOT_A_LIST, message, node, label=f"expected `{spell(mapped_type(field))}`", help_="write `[...]`")
        return False
    if isinstance(value, Static) and not isinstance(value.value, list):
        message = f"a map of `{callee.node.name}` takes a list for `{field.name}`, found {describe(value.value)}"
        frame.report(codes.NOT_A_LIST, message, node, label=f"expected `{spell(mapped_type(field))}`")
        return False
    return True
