"""Operators in a body: computed where all is known, refused over results, with the form that works."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.frontend import ordering
from dagwright_compiler.frontend import static_operations as operations
from dagwright_compiler.frontend.promises import BROKEN, Broken, Promise, Static, Value, wrapped
from dagwright_compiler.frontend.settled_values import symbolic_in
from dagwright_compiler.frontend.unreadable_expressions import refuse_operation

if TYPE_CHECKING:
    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.known_values import StaticValue

_NEVER_NONE = frozenset(
    {"int", "float", "str", "bool", "bytes", "list", "dict", "tuple", "vartuple", "set", "frozenset", "class", "datetime"}
)


def binary(expressions: Expressions, frame: Frame, node: ast.BinOp) -> Value:
    """``a + b``; ``a >> b`` between calls is order."""
    # The left spine is walked in a loop: generated code has thousands of terms.
    spine: list[ast.BinOp] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp) and isinstance(left.op, ast.RShift) is isinstance(node.op, ast.RShift):
        spine.append(left)
        left = left.left
    if isinstance(node.op, ast.RShift):
        return _order(expressions, frame, [left, *(step.right for step in reversed(spine))], spine)
    value = expressions.evaluate(left)
    for step in reversed(spine):
        value = applied(expressions, frame, step, value, expressions.evaluate(step.right))
    return value


def _order(expressions: Expressions, frame: Frame, nodes: list[ast.expr], spine: list[ast.BinOp]) -> Value:
    parts = [(expressions.evaluate(node), node) for node in nodes]
    if not all(isinstance(value, Static) for value, _ in parts):
        return ordering.order(frame, parts)
    value = parts[0][0]
    if any(isinstance(part.value, list) for part, _ in parts if isinstance(part, Static)):
        return ordering.order(frame, parts)
    for step, (right, _) in zip(reversed(spine), parts[1:], strict=True):
        value = applied(expressions, frame, step, value, right)
    return value


def applied(expressions: Expressions, frame: Frame, node: ast.BinOp, left: Value, right: Value) -> Value:
    """What an operator gives for two values."""
    if isinstance(left, Static) and isinstance(right, Static):
        first, second = left.value, right.value
        return expressions.compute(node, lambda: operations.binary(node.op, first, second))
    return refuse_operation(frame, node, left if not isinstance(left, Static) else right)


def unary(expressions: Expressions, frame: Frame, node: ast.UnaryOp) -> Value:
    """``-a``, ``not a``."""
    value = expressions.evaluate(node.operand)
    if not isinstance(value, Static):
        return refuse_operation(frame, node, value)
    if isinstance(node.op, ast.Not):
        return expressions.compute(node, lambda: not operations.truth(value.value))
    return expressions.compute(node, lambda: operations.unary(node.op, value.value))


def comparison(expressions: Expressions, _frame: Frame, node: ast.Compare) -> Value:
    """``a < b <= c``: as far as the first that does not hold."""
    left = expressions.evaluate(node.left)
    for op, right_node in zip(node.ops, node.comparators, strict=True):
        right = expressions.evaluate(right_node)
        held = _compared(expressions, node, op, left, right)
        if not isinstance(held, Static) or not held.value:
            return held
        left = right
    return Static(True)


def _compared(expressions: Expressions, node: ast.Compare, op: ast.cmpop, left: Value, right: Value) -> Value:
    frame = expressions.frame
    if isinstance(op, ast.Is | ast.IsNot) and _never_none(left, right):
        return Static(isinstance(op, ast.IsNot))
    for side in (left, right):
        if not isinstance(side, Static):
            return refuse_operation(frame, node, side)
    assert isinstance(left, Static)
    assert isinstance(right, Static)
    if isinstance(op, ast.In | ast.NotIn) and isinstance(right.value, dict):
        right = _keys(expressions, node, left.value, right.value)
        if not isinstance(right, Static):
            return right
    if not isinstance(op, ast.Is | ast.IsNot):
        for side in (left, right):
            inside = symbolic_in(side.value)
            if inside is not None:
                return refuse_operation(frame, node, wrapped(inside))
    return expressions.compute(node, lambda: operations.compare(op, left.value, right.value))


def _keys(expressions: Expressions, node: ast.Compare, wanted: StaticValue, pairs: dict[StaticValue, StaticValue]) -> Value:
    """What ``in`` looks through in a dict: its values, which may be results, are of no matter."""

    def keys() -> list[StaticValue]:
        operations.check_key(wanted)
        return list(pairs)

    return expressions.compute(node, keys)


def _never_none(left: Value, right: Value) -> bool:
    """Whether one side is None and the other a result that never is, as its type tells."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Static) and one.value is None and isinstance(other, Promise) and other.type.kind in _NEVER_NONE:
            return True
    return False


def truth(expressions: Expressions, frame: Frame, value: Value, node: ast.AST) -> bool | None:
    """Whether a value counts as true; ``None`` after a finding about what needs it."""
    if not isinstance(value, Static):
        refuse_operation(frame, node, value)
        return None
    held = expressions.compute(node, lambda: operations.truth(value.value))
    return held.value if isinstance(held, Static) else None


def either(expressions: Expressions, frame: Frame, node: ast.BoolOp) -> Value:
    """``a and b``, ``a or b``: as far as it is decided."""
    value: Value = Static(None)
    for position, part in enumerate(node.values):
        value = expressions.evaluate(part)
        if position == len(node.values) - 1:
            break
        held = truth(expressions, frame, value, node)
        if held is None:
            return BROKEN
        if held is isinstance(node.op, ast.Or):
            break
    return value


def choice(expressions: Expressions, frame: Frame, node: ast.IfExp) -> Value:
    """``a if test else b``: one of them alone."""
    held = truth(expressions, frame, expressions.evaluate(node.test), node)
    if held is None:
        return BROKEN
    return expressions.evaluate(node.body if held else node.orelse)


def text(expressions: Expressions, frame: Frame, node: ast.JoinedStr) -> Value:
    """An f-string."""
    parts: list[str] = []
    for part in node.values:
        if not isinstance(part, ast.FormattedValue):
            made = expressions.evaluate(part)
        else:
            made = _formatted(expressions, frame, node, part)
        if not isinstance(made, Static):
            return made
        parts.append(str(made.value))
    return expressions.compute(node, lambda: operations.check_text("".join(parts)))


def _formatted(expressions: Expressions, frame: Frame, node: ast.JoinedStr, part: ast.FormattedValue) -> Value:
    value = expressions.evaluate(part.value)
    spec = Static("") if part.format_spec is None else expressions.evaluate(part.format_spec)
    for needed in (value, spec):
        if isinstance(needed, Broken):
            return needed
        if not isinstance(needed, Static):
            return refuse_operation(frame, node, needed)
    assert isinstance(value, Static)
    assert isinstance(spec, Static)
    inside = symbolic_in(value.value)
    if inside is not None:
        return refuse_operation(frame, node, wrapped(inside))
    return expressions.compute(node, lambda: operations.format_value(value.value, spec.value, part.conversion))
