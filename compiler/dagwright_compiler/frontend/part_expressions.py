"""Parts of values in a workflow body: a named output (``r.total``), an item of several (``r[0]``), a value of a dict."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend import function_calls, promise_parts, structs
from dagwright_compiler.frontend.promises import Broken, Group, Promise, Record, Result, Static, Value, describe_source, parts_of
from dagwright_compiler.frontend.unreadable_expressions import refuse_part
from dagwright_compiler.frontend.wire_values import describe

if TYPE_CHECKING:
    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.frames import Frame


def read_part(expressions: Expressions, frame: Frame, node: ast.Attribute | ast.Subscript) -> Value | None:
    """A named output (``r.total``) or an item of several (``r[0]``); ``None`` when the owner is no result."""
    root: ast.expr = node
    while isinstance(root, ast.Attribute | ast.Subscript):
        root = root.value
    if isinstance(root, ast.Name) and root.id not in frame.variables and root.id not in frame.assigned:
        return None
    if not isinstance(root, ast.Name | ast.Call):
        return None
    if isinstance(root, ast.Call) and not _calls_a_task(frame, root):
        return None
    owner = expressions.evaluate(node.value)
    if isinstance(owner, Broken):
        return owner
    if isinstance(node, ast.Attribute):
        return _named_part(frame, owner, node)
    if isinstance(owner, Promise) and isinstance(node.slice, ast.Slice):
        return promise_parts.cut(frame, owner, node, _bounds(expressions, frame, node.slice))
    if isinstance(owner, Promise):
        return promise_parts.item(frame, owner, node, expressions.evaluate(node.slice))
    if isinstance(owner, Group) and owner.kind == "dict":
        return _value_at(expressions, frame, owner, node)
    if isinstance(owner, Record) and owner.definition.kind == "typeddict":
        key = expressions.static(node.slice)
        return structs.read_field(frame, owner, str(key.value), node) if isinstance(key, Static) else key
    items = parts_of(owner) if isinstance(owner, Result | Group | Record) else None
    if items is None:
        return refuse_part(frame, owner, node)
    if isinstance(node.slice, ast.Slice):
        bounds = _bounds(expressions, frame, node.slice)
        if isinstance(bounds, Broken):
            return bounds
        return Group(owner.kind if isinstance(owner, Group) else "tuple", items[slice(*bounds)])
    position = expressions.static(node.slice)
    if isinstance(position, Static) and type(position.value) is int and -len(items) <= position.value < len(items):
        return items[position.value]
    if isinstance(position, Broken):
        return position
    return frame.report(codes.UNPACKING_MISMATCH, f"{describe_source(owner)} has {len(items)} items", node.slice)


def _bounds(expressions: Expressions, frame: Frame, node: ast.Slice) -> tuple[int | None, int | None, int | None] | Broken:
    """Bounds of a slice, which are needed while compiling."""
    found: list[int | None] = []
    for part in (node.lower, node.upper, node.step):
        value = Static(None) if part is None else expressions.static(part)
        if not isinstance(value, Static):
            return value if isinstance(value, Broken) else Broken()
        if value.value is None or type(value.value) is int:
            found.append(value.value)
        else:
            return frame.report(
                codes.UNKNOWN_PART, f"the bounds of a slice are whole numbers, found {describe(value.value)}", part or node
            )
    return found[0], found[1], found[2]


def _calls_a_task(frame: Frame, node: ast.Call) -> bool:
    if isinstance(frame.promise_in(node), Result | Promise):
        return True
    return function_calls.is_create_node(frame.services.resolver.expression(node.func, frame.module))


def _value_at(expressions: Expressions, frame: Frame, owner: Group, node: ast.Subscript) -> Value:
    key = expressions.static(node.slice)
    if not isinstance(key, Static):
        return key
    for known, value in zip(owner.keys, owner.items, strict=True):
        if type(known) is type(key.value) and known == key.value:
            return value
    keys = ", ".join(map(repr, owner.keys))
    return frame.report(codes.UNKNOWN_PART, f"the dict has no key {key.value!r}", node.slice, help_=f"its keys are {keys}")


def _named_part(frame: Frame, owner: Value, node: ast.Attribute) -> Value | None:
    if isinstance(owner, Result) and (owner.as_node or owner.call.callee.interface.returns == "namedtuple"):
        for output in owner.call.outputs:
            if output.name == node.attr:
                return Promise(output.type, output.name, owner.call)
        names = ", ".join(output.name for output in owner.call.outputs)
        message = f"`{owner.call.callee.node.name}` has no output `{node.attr}`"
        return frame.report(codes.UNKNOWN_PART, message, node, help_=f"its outputs are {names}")
    if isinstance(owner, Record):
        return structs.read_field(frame, owner, node.attr, node)
    if isinstance(owner, Promise):
        return promise_parts.attribute(frame, owner, node)
    return refuse_part(frame, owner, node)
