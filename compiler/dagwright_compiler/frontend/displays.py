"""Lists, tuples, sets and dicts that a body writes out, and what ``*`` and ``**`` put into them and into calls."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.iteration import items_of
from dagwright_compiler.frontend.known_values import Symbolic
from dagwright_compiler.frontend.promises import BROKEN, Broken, Promise, Static, Value, describe_source, unwrapped, wrapped
from dagwright_compiler.frontend.static_operations import OperationError, check_key

if TYPE_CHECKING:
    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.known_values import StaticValue


def sequence(expressions: Expressions, frame: Frame, node: ast.Tuple | ast.List) -> Value:
    """``[a, *b]``, ``(a, b)``."""
    items: list[StaticValue] = []
    for item in node.elts:
        if isinstance(item, ast.Starred):
            parts = spread(expressions, frame, item)
            if parts is None:
                return BROKEN
            items.extend(map(unwrapped, parts))
        else:
            items.append(unwrapped(expressions.evaluate(item)))
    if items and all(isinstance(item, Broken) for item in items):
        return BROKEN
    return expressions.compute(node, lambda: tuple(items) if isinstance(node, ast.Tuple) else items)


def distinct(expressions: Expressions, frame: Frame, node: ast.Set) -> Value:
    """``{a, b}``."""
    found = sequence(expressions, frame, ast.copy_location(ast.List(node.elts, ast.Load()), node))
    return set_of(expressions, frame, found.value, node) if isinstance(found, Static) else found


def set_of(expressions: Expressions, frame: Frame, items: list[StaticValue], node: ast.expr) -> Value:
    """A set of some items, all of which have to be known."""
    for item in items:
        if isinstance(item, Symbolic):
            return refuse_key(frame, wrapped(item), node, "the items of a set")
    return expressions.compute(node, lambda: {check_key(item) for item in items})


def refuse_key(frame: Frame, value: Value, node: ast.expr, what: str) -> Broken:
    """Report a result where an item of a set, or a key of a dict, has to be known."""
    if isinstance(value, Broken):
        return value
    message = f"{what} are needed while compiling, but this is {describe_source(value)}"
    return frame.report(codes.PROMISE_OPERATION, message, node, help_="build the collection in a task")


def pairs(expressions: Expressions, frame: Frame, node: ast.Dict) -> Value:
    """``{"a": x, **others}``: keys are known, values may be results."""
    found: dict[StaticValue, StaticValue] = {}
    for key, item in zip(node.keys, node.values, strict=True):
        if key is None:
            value = expressions.evaluate(item)
            if not isinstance(value, Static) or not isinstance(value.value, dict):
                if isinstance(value, Broken):
                    return value
                message = f"{describe_source(value)} cannot be unpacked with `**`"
                return frame.report(codes.UNSUPPORTED_EXPRESSION, message, item, help_=_instead(value, "dict"))
            found.update(value.value)
            continue
        name = expressions.evaluate(key)
        value = expressions.evaluate(item)
        if not isinstance(name, Static):
            return refuse_key(frame, name, key, "the keys of a dict")
        try:
            found[check_key(name.value)] = unwrapped(value)
        except OperationError:
            return frame.report(codes.NOT_STATIC, "a value that can change cannot be a key of a dict", key)
    if found and all(isinstance(item, Broken) for item in found.values()):
        return BROKEN
    return expressions.compute(node, lambda: found)


def spread(expressions: Expressions, frame: Frame, node: ast.Starred) -> list[Value] | None:
    """The values that ``*value`` stands for; ``None`` after a finding."""
    value = expressions.evaluate(node.value)
    if isinstance(value, Broken):
        return None
    items = items_of(frame, value, node, "`*`")
    if items is None:
        message = f"{describe_source(value)} cannot be unpacked with `*`"
        if isinstance(value, Promise):
            message = f"{message}: how many items it has is known only when the workflow runs"
        frame.report(codes.UNSUPPORTED_EXPRESSION, message, node, help_=_instead(value, "list"))
    return items


def _instead(value: Value, what: str) -> str:
    return f"put the {what} together inside a task" if isinstance(value, Promise) else "write the values out"


def spread_names(frame: Frame, keyword: ast.keyword, value: Value) -> list[tuple[ast.keyword, Value]]:
    """The keywords that ``**value`` stands for in a call; one without a name after a finding."""
    if isinstance(value, Static) and isinstance(value.value, dict) and all(isinstance(name, str) for name in value.value):
        return [
            (ast.copy_location(ast.keyword(name, keyword.value), keyword), wrapped(item)) for name, item in value.value.items()
        ]
    if not isinstance(value, Broken):
        what = "a dict with text keys" if isinstance(value, Static) else "a dict that is known while compiling"
        found = "" if isinstance(value, Static) else f", and this is {describe_source(value)}"
        frame.report(codes.UNSUPPORTED_EXPRESSION, f"`**` takes {what}{found}", keyword.value, help_="write the arguments out")
    return [(keyword, BROKEN)]
