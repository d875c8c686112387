"""Comprehensions and generators in a body: read once for every element, with the calls that stand in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.displays import refuse_key, set_of
from dagwright_compiler.frontend.iteration import elements, turns
from dagwright_compiler.frontend.operator_expressions import truth
from dagwright_compiler.frontend.promises import BROKEN, Promise, Static, Value, describe_source, unwrapped, wrapped
from dagwright_compiler.frontend.static_operations import OperationError, check_key
from dagwright_compiler.frontend.targets import bind, loop_names

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.known_values import StaticValue

    Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

_WHAT = "the comprehension"


class _Failed(Exception):  # noqa: N818 - a finding tells why
    """A comprehension goes over something that has no elements while compiling."""


def sequence(expressions: Expressions, frame: Frame, node: ast.ListComp) -> Value:
    """``[f(x=x) for x in values if x]``."""
    items: list[StaticValue] = []
    try:
        items.extend(unwrapped(inner.evaluate(node.elt)) for inner in _turns(expressions, frame, node))
    except _Failed:
        return BROKEN
    return expressions.compute(node, lambda: items)


def distinct(expressions: Expressions, frame: Frame, node: ast.SetComp) -> Value:
    """``{x for x in values}``."""
    items: list[StaticValue] = []
    try:
        items.extend(unwrapped(inner.evaluate(node.elt)) for inner in _turns(expressions, frame, node))
    except _Failed:
        return BROKEN
    return set_of(expressions, frame, items, node)


def pairs(expressions: Expressions, frame: Frame, node: ast.DictComp) -> Value:
    """``{x: f(x=x) for x in values}``."""
    found: dict[StaticValue, StaticValue] = {}
    try:
        for inner in _turns(expressions, frame, node):
            key, value = inner.evaluate(node.key), inner.evaluate(node.value)
            if not isinstance(key, Static):
                return refuse_key(frame, key, node.key, "the keys of a dict")
            found[check_key(key.value)] = unwrapped(value)
    except _Failed:
        return BROKEN
    except OperationError:
        return frame.report(codes.NOT_STATIC, "a value that can change cannot be a key of a dict", node.key)
    return expressions.compute(node, lambda: found)


def generator(expressions: Expressions, frame: Frame, node: ast.GeneratorExp) -> Value:
    """``(f(x=x) for x in values)``: what it goes over is looked at now, its elements when they are asked for."""
    first = node.generators[0]
    over = elements(frame, expressions.evaluate(first.iter), first.iter, _WHAT, node)
    return BROKEN if over is None else Static(_generated(expressions, frame, node, over))


def _generated(
    expressions: Expressions, frame: Frame, node: ast.GeneratorExp, over: Iterable[StaticValue]
) -> Iterator[StaticValue]:
    try:
        for inner in _turns(expressions, frame, node, over):
            yield unwrapped(inner.evaluate(node.elt))
    except _Failed:
        yield BROKEN


def _turns(
    expressions: Expressions, frame: Frame, node: Comprehension, over: Iterable[StaticValue] | None = None
) -> Iterator[Expressions]:
    """What evaluates the element of a comprehension, once for each of its turns; its variables are its own."""
    first, names = node.generators[0], frozenset(name for each in node.generators for name in loop_names(each.target))
    if over is None:  # the first of all is evaluated outside, the others see the variables of those before
        over = elements(frame, expressions.evaluate(first.iter), first.iter, _WHAT, node)
    inner = frame.inner({}, names, is_comprehension=True)
    yield from _nested(expressions.of(inner), inner, node.generators, over)


def _nested(
    expressions: Expressions, frame: Frame, generators: list[ast.comprehension], over: Iterable[StaticValue] | None
) -> Iterator[Expressions]:
    first, *others = generators
    if over is None:
        raise _Failed
    findings = frame.services.findings
    for value in turns(frame, over, first.iter, _WHAT):
        findings.repeating += 1
        try:
            bind(expressions, frame, first.target, wrapped(value))
            if not _holds(expressions, frame, first.ifs):
                continue
            if others:
                inner = elements(frame, expressions.evaluate(others[0].iter), others[0].iter, _WHAT)
                yield from _nested(expressions, frame, others, inner)
            else:
                yield expressions
        finally:
            findings.repeating -= 1


def _holds(expressions: Expressions, frame: Frame, tests: list[ast.expr]) -> bool:
    for test in tests:
        value = expressions.evaluate(test)
        if isinstance(value, Promise):
            message = f"the `if` of {_WHAT} needs the value of {describe_source(value)}, which exists only when the workflow runs"
            frame.report(codes.PROMISE_OPERATION, message, test, help_="choose the elements inside a task")
            raise _Failed
        held = truth(expressions, frame, value, test)
        if held is None:
            raise _Failed
        if not held:
            return False
    return True
