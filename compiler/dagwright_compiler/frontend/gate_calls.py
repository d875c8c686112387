"""Calls in a workflow body that let a run wait: ``approve``, ``wait_for_input`` and ``sleep``.

Each becomes a node. What people are asked for is known while compiling: a name, for how long, of which type; what is approved is a result.
"""

from __future__ import annotations

import ast
from datetime import timedelta
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.diagnostics.wording import listed
from dagwright_compiler.frontend import option_advice
from dagwright_compiler.frontend.calls import call_it, refuse_result
from dagwright_compiler.frontend.interfaces import Interface
from dagwright_compiler.frontend.node_names import mangle
from dagwright_compiler.frontend.promises import (
    BROKEN,
    Broken,
    Call,
    Callee,
    Function,
    Gate,
    Group,
    Mapped,
    Named,
    Promise,
    Record,
    Result,
    Static,
    Value,
    describe_source,
    value_of,
)
from dagwright_compiler.frontend.settled_values import settled
from dagwright_compiler.frontend.unread_types import UNREAD
from dagwright_compiler.frontend.wire_values import describe
from dagwright_compiler.ir.program import Field, Policy, Returns, Waiting

if TYPE_CHECKING:
    from dagwright.contract.types import Type
    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.frames import Frame

PARAMETERS: dict[str, tuple[str, ...]] = {
    "approve": ("upstream_item", "name", "timeout"),
    "wait_for_input": ("name", "timeout", "expected_type"),
    "sleep": ("duration",),
}
"""Parameters in flytekit's order, by symbol."""
_GATES: dict[str, Waiting] = {"approve": "approve", "wait_for_input": "input", "sleep": "sleep"}
_LEFT_OUT_S = 3600
"""How long a run waits where the timeout is None, as in flytekit."""
_LONGEST_S = 100 * 365 * 86400
"""Engines count in nanoseconds."""
_WRITTEN = {
    "upstream_item": "approve(result, ...)",
    "name": 'name="review"',
    "timeout": "timeout=timedelta(hours=1)",
    "expected_type": "expected_type=float",
    "duration": "sleep(timedelta(minutes=5))",
}
_NOT_WRITABLE = ("none", "opaque", "unknown")
"""Kinds of types of which nobody can write a value."""


def call(expressions: Expressions, frame: Frame, symbol: str, node: ast.Call) -> Value:
    """Add a gate to the graph; what it gives is what is approved, what a person gives, or nothing."""
    given = _bound(frame, symbol, node)
    if given is None:
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            if frame.calls_task(argument):  # calls in it have mistakes of their own
                expressions.evaluate(argument.value if isinstance(argument, ast.Starred) else argument)
        return BROKEN
    reading = _Reading(expressions, frame, symbol, node)
    if symbol == "sleep":
        wait_s = reading.seconds("duration", given["duration"])
        return BROKEN if wait_s is None else reading.add((), "none", wait_s)
    approved = reading.approved(given["upstream_item"]) if symbol == "approve" else None
    declared = reading.type(given["expected_type"]) if symbol == "wait_for_input" else None
    name = reading.name(given["name"])
    wait_s = reading.seconds("timeout", given["timeout"])
    if name is None or wait_s is None:
        return BROKEN
    if declared is not None:
        return reading.add(
            (Field(name="o0", type=declared),), "single", wait_s, name=(name, given["name"]), returned=given["expected_type"]
        )
    if approved is None:
        return BROKEN
    fields, returns, parts = approved
    return reading.add(fields, returns, wait_s, name=(name, given["name"]), parts=parts, at=given["upstream_item"])


def _bound(frame: Frame, symbol: str, node: ast.Call) -> dict[str, ast.expr] | None:
    """Arguments by parameter; ``None`` after findings."""
    names = PARAMETERS[symbol]
    before = frame.services.findings.errors
    given = dict(zip(names, node.args, strict=False))
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            frame.report(codes.UNSUPPORTED_EXPRESSION, f"`{symbol}` takes no `*`", argument, help_="write the arguments out")
    if len(node.args) > len(names):
        message = f"`{symbol}` takes {len(names)} argument{'s' if len(names) > 1 else ''}, but {len(node.args)} are passed"
        frame.report(codes.TOO_MANY_ARGUMENTS, message, node.args[len(names)], help_=listed("argument", list(names)))
    for keyword in node.keywords:
        if keyword.arg is None:
            frame.report(
                codes.UNSUPPORTED_EXPRESSION, f"`{symbol}` takes no `**`", keyword.value, help_="write the arguments out"
            )
        elif keyword.arg not in names:
            help_ = did_you_mean(keyword.arg, names) or listed("argument", list(names))
            frame.report(codes.UNKNOWN_ARGUMENT, f"`{symbol}` has no argument `{keyword.arg}`", keyword, help_=help_)
        elif keyword.arg in given:
            message = f"`{keyword.arg}` is passed twice to `{symbol}`"
            frame.report(codes.REPEATED_ARGUMENT, message, keyword, help_="leave one of the two out")
        else:
            given[keyword.arg] = keyword.value
    if frame.services.findings.errors == before:
        for name in names:
            if name not in given:
                message = f"`{symbol}` lacks the argument `{name}`"
                frame.report(codes.MISSING_ARGUMENT, message, node.func, help_=f"write `{_WRITTEN[name]}`")
    return None if frame.services.findings.errors != before else given


class _Reading:
    """Reads the arguments of one gate. Each reader gives ``None`` after a finding."""

    def __init__(self, expressions: Expressions, frame: Frame, symbol: str, node: ast.Call) -> None:
        self._expressions = expressions
        self._frame = frame
        self._symbol = symbol
        self._node = node

    def name(self, node: ast.expr) -> str | None:
        value = self._static("name", node)
        if value is None:
            return None
        if not isinstance(value.value, str):
            message = f"`name` of `{self._symbol}` takes text, found {describe(value.value)}"
            self._frame.report(codes.WRONG_NODE_NAME, message, node, help_='write a name: `"review"`')
            return None
        if not mangle(value.value):
            what = f"`{value.value}` has no letter or digit that a node's name could keep" if value.value else "the name is empty"
            self._frame.report(codes.WRONG_NODE_NAME, what, node, help_="use lower-case letters, digits and `-`")
            return None
        return value.value

    def seconds(self, name: str, node: ast.expr) -> float | None:
        value = self._static(name, node)
        if value is None:
            return None
        found = value.value
        if found is None and name == "timeout":
            return _LEFT_OUT_S
        if not isinstance(found, timedelta):
            message = f"`{name}` of `{self._symbol}` takes a timedelta, found {describe(found)}"
            number = isinstance(found, int | float) and not isinstance(found, bool)
            help_ = f"write `timedelta(seconds={found})`" if number else option_advice.duration(found)
            self._frame.report(codes.WRONG_OPTION, message, node, help_=help_)
            return None
        wait_s = found.total_seconds()
        if not 0 < wait_s <= _LONGEST_S:
            wrong = "is longer than 100 years" if wait_s > 0 else "must be more than 0 seconds"
            what = "a run waits for it" if name == "timeout" else "the run waits"
            help_ = f"say how long {what}: `timedelta(hours=1)`"
            self._frame.report(codes.INVALID_TIMEOUT, f"`{name}` of `{self._symbol}` {wrong}", node, help_=help_)
            return None
        return int(wait_s) if wait_s == int(wait_s) else wait_s

    def type(self, node: ast.expr) -> Type:
        frame = self._frame
        local = frame.find(node.id) if isinstance(node, ast.Name) else None
        annotations = frame.services.annotations
        if isinstance(node, ast.Name) and frame.is_local(node.id):
            if isinstance(local, Broken):
                return UNREAD
            if not isinstance(local, Named):
                message = f"`{node.id}` is not a type that is known while compiling"
                frame.report(codes.UNREADABLE_ANNOTATION, message, node, help_="write the type itself: `expected_type=float`")
                return UNREAD
            declared = annotations.of_entity(local.entity, node, frame.module)
        else:
            declared = annotations.read(node, frame.module)
        if declared is not UNREAD and _nobody_writes(declared):
            message = f"nobody can type a value of this type: `{ast.unparse(node)}`"
            help_ = "ask for a number, a text, an enum or a dataclass of these, and make the rest in a task"
            frame.report(codes.UNSUPPORTED_TYPE, message, node, help_=help_)
            return UNREAD
        return declared

    def approved(self, node: ast.expr) -> tuple[tuple[Field, ...], Returns, dict[str, Promise]] | None:
        frame = self._frame
        value = settled(self._expressions.evaluate(node))
        if isinstance(value, Promise):
            return (Field(name="o0", type=value.type),), "single", {"o0": value}
        if isinstance(value, Result) and value.call.outputs and not value.as_node:
            outputs = value.call.outputs
            parts = {output.name: Promise(output.type, output.name, value.call) for output in outputs}
            return outputs, value.call.callee.interface.returns, parts
        if isinstance(value, Broken):
            return None
        if isinstance(value, Result):
            refuse_result(frame, value, node)
            return None
        what = describe(value.value) if isinstance(value, Static) else describe_source(value)
        help_ = "approve the result of a task, or an input of the workflow"
        if isinstance(value, Function | Mapped | Named):
            help_ = call_it(value)
        elif isinstance(value, Group | Record):
            help_ = "approve one of the results in it, or what a task makes of them"
        frame.report(codes.UNSUPPORTED_EXPRESSION, f"`approve` takes a result, found {what}", node, help_=help_)
        return None

    def add(
        self,
        fields: tuple[Field, ...],
        returns: Returns,
        wait_s: float,
        *,
        name: tuple[str, ast.expr] | None = None,
        parts: dict[str, Promise] | None = None,
        at: ast.expr | None = None,
        returned: ast.expr | None = None,
    ) -> Value:
        """Add the gate as a call of what has such an interface."""
        frame, parts = self._frame, parts or {}
        declared = ast.FunctionDef(
            name=self._symbol,
            args=ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[]),
            body=[],
            decorator_list=[],
            returns=returned,
        )
        ast.copy_location(declared, self._node)
        interface = Interface((), fields, returns, frozenset(), {})
        callee = Callee("gate", self._symbol, frame.module, declared, interface, Policy())
        made = Call("gate", callee, self._node, fields, {**parts}, {}, [], gate=Gate(_GATES[self._symbol], wait_s))
        if name is not None:
            made.node_name, made.node_name_place = name[0], frame.place(name[1])
        if at is not None:
            made.arguments = dict.fromkeys(parts, at)
        frame.add_call(made)
        return value_of(made)

    def _static(self, name: str, node: ast.expr) -> Static | None:
        value = settled(self._expressions.evaluate(node))
        if isinstance(value, Static):
            return value
        if not isinstance(value, Broken):
            message = f"`{name}` of `{self._symbol}` must be known while compiling, and this is {describe_source(value)}"
            self._frame.report(codes.NOT_STATIC, message, node, help_="write the value itself")
        return None


def _nobody_writes(declared: Type) -> bool:
    """Whether a text can be no value of a type, or of a part of it; who may give None needs another choice."""
    if declared.kind == "union":
        return all(map(_nobody_writes, declared.args))
    return declared.kind in _NOT_WRITABLE or any(map(_nobody_writes, declared.args))
