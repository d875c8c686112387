"""Parts of values in a workflow body: a named output (``r.total``), an item of several (``r[0]``), a value of a dict."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.diagnostics.wording import listed
from dagwright_compiler.frontend import promise_parts, structs
from dagwright_compiler.frontend import static_operations as operations
from dagwright_compiler.frontend.calls import declaration, refuse_result
from dagwright_compiler.frontend.entities import ClassEntity
from dagwright_compiler.frontend.promises import (
    Broken,
    Named,
    Promise,
    Record,
    Result,
    Static,
    Value,
    describe_source,
    parts_of,
    unwrapped,
    wrapped,
)
from dagwright_compiler.frontend.settled_values import symbolic_in
from dagwright_compiler.frontend.unreadable_expressions import refuse_operation
from dagwright_compiler.frontend.wire_values import describe

if TYPE_CHECKING:
    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.frames import Frame

_MOST_SHOWN = 10
"""Keys that a message lists."""


def read_part(expressions: Expressions, frame: Frame, node: ast.Attribute | ast.Subscript) -> Value:
    """``r.total``, ``r[0]``, ``values[1:]``: a part of a result, of a constant, or of what the body built."""
    if isinstance(node, ast.Attribute):
        named = _read_dotted(expressions, frame, node)
        if named is not None:
            return named
        owner = expressions.evaluate(node.value)
        return owner if isinstance(owner, Broken) else _named_part(expressions, frame, owner, node)
    owner = expressions.evaluate(node.value)
    if isinstance(owner, Broken):
        return owner
    if isinstance(node.slice, ast.Slice):
        return _cut(expressions, frame, owner, node, node.slice)
    key = expressions.evaluate(node.slice)
    if isinstance(owner, Promise):
        return promise_parts.item(frame, owner, node, key)
    if isinstance(key, Broken):
        return key
    items = parts_of(owner) if isinstance(owner, Result | Record) else None
    if not isinstance(key, Static):
        return refuse_operation(frame, node, key, at=node.slice)
    if isinstance(owner, Record) and owner.definition.kind == "typeddict":
        return structs.read_field(frame, owner, str(key.value), node)
    if isinstance(owner, Named) and isinstance(owner.entity, ClassEntity):
        return _member(frame, owner, owner.entity, key, node)
    if items is not None:
        if type(key.value) is int and -len(items) <= key.value < len(items):
            return items[key.value]
        return _refuse_item(frame, owner, key, node, len(items))
    return _item(expressions, frame, owner, key, node) if isinstance(owner, Static) else _refuse_part(frame, owner, node)


def _refuse_item(frame: Frame, owner: Value, key: Static, node: ast.Subscript, count: int) -> Broken:
    """Report an item that a tuple of results does not have."""
    if isinstance(owner, Result) and not count:
        return refuse_result(frame, owner, node.value)
    if type(key.value) is int:
        message = f"{describe_source(owner)} has {count} item{'' if count == 1 else 's'}, and none at {key.value}"
        help_ = f"write a number below {count}"
    else:
        message, help_ = f"the items of {describe_source(owner)} are found by position", "write a number: `[0]`"
    return frame.report(codes.UNPACKING_MISMATCH, message, node.slice, help_=help_)


def _refuse_part(frame: Frame, owner: Value, node: ast.Attribute | ast.Subscript) -> Broken:
    """Report a part of what has none: of a call without a result, that it has none."""
    if isinstance(owner, Result) and not owner.call.outputs:
        return refuse_result(frame, owner, node.value)
    return refuse_operation(frame, node, owner)


def _read_dotted(expressions: Expressions, frame: Frame, node: ast.Attribute) -> Value | None:
    """What a dotted name stands for that begins with a name of the module, or with an import of the body."""
    root: ast.expr = node
    while isinstance(root, ast.Attribute):
        root = root.value
    if not isinstance(root, ast.Name) or (frame.is_local(root.id) and not isinstance(frame.find(root.id), Named)):
        return None
    return expressions.read_named(node)


def _member(frame: Frame, owner: Named, entity: ClassEntity, key: Static, node: ast.Subscript) -> Value:
    """``Color["RED"]``."""
    members = frame.services.evaluator.members(entity)
    if members is None or symbolic_in(key.value) is not None:
        return refuse_operation(frame, node, owner)
    for member in members:
        if member.member == key.value:
            return Static(member)
    message = f"`{entity.qualname}` has no member {key.value!r}"
    names = [each.member for each in members]
    help_ = did_you_mean(str(key.value), names) or listed("member", names)
    return frame.report(codes.UNKNOWN_PART, message, node.slice, help_=help_)


def _item(expressions: Expressions, frame: Frame, owner: Static, key: Static, node: ast.Subscript) -> Value:
    """An item of a list, tuple, dict or text that is known."""
    value = owner.value
    inside = symbolic_in(key.value)
    if inside is not None:
        return refuse_operation(frame, node, wrapped(inside), at=node.slice)
    try:
        is_missing = isinstance(value, dict) and key.value not in value
    except TypeError:
        is_missing = False  # it cannot be a key at all, which the operation says
    if is_missing:
        keys = ", ".join(map(repr, [*value][:_MOST_SHOWN])) + (", ..." if len(value) > _MOST_SHOWN else "")
        help_ = f"its keys are {keys}" if value else "it is empty"
        return frame.report(codes.UNKNOWN_PART, f"the dict has no key {key.value!r}", node.slice, help_=help_)
    if isinstance(value, list | tuple) and type(key.value) is int and not -len(value) <= key.value < len(value):
        message = f"the {type(value).__name__} has {len(value)} item{'' if len(value) == 1 else 's'}, and none at {key.value}"
        return frame.report(codes.UNKNOWN_PART, message, node.slice)
    return expressions.compute(node, lambda: operations.item(value, key.value))


def _cut(expressions: Expressions, frame: Frame, owner: Value, node: ast.Subscript, bounds: ast.Slice) -> Value:
    if isinstance(owner, Promise):
        return promise_parts.cut(frame, owner, node, _bounds(expressions, frame, bounds))
    found = _bounds(expressions, frame, bounds)
    if isinstance(found, Broken):
        return found
    items = parts_of(owner) if isinstance(owner, Result | Record) else None
    if items is not None:
        return Static(tuple(map(unwrapped, items[slice(*found)])))
    if not isinstance(owner, Static):
        return refuse_operation(frame, node, owner)
    return expressions.compute(node, lambda: operations.cut(owner.value, *found))


def _bounds(expressions: Expressions, frame: Frame, node: ast.Slice) -> tuple[int | None, int | None, int | None] | Broken:
    """Bounds of a slice, which are needed while compiling."""
    found: list[int | None] = []
    for part in (node.lower, node.upper, node.step):
        value = Static(None) if part is None else expressions.evaluate(part)
        if isinstance(value, Broken):
            return value
        if not isinstance(value, Static):
            message = f"the bounds of a slice are needed while compiling, but this is {describe_source(value)}"
            return frame.report(codes.PROMISE_OPERATION, message, part or node, help_="read it in the task that needs it")
        if value.value is None or type(value.value) is int:
            found.append(value.value)
        else:
            return frame.report(
                codes.UNKNOWN_PART, f"the bounds of a slice are whole numbers, found {describe(value.value)}", part or node
            )
    return found[0], found[1], found[2]


def _named_part(expressions: Expressions, frame: Frame, owner: Value, node: ast.Attribute) -> Value:
    if isinstance(owner, Static):
        return expressions.compute(node, lambda: frame.services.evaluator.attribute(owner.value, node, frame.module))
    if isinstance(owner, Result) and (owner.as_node or owner.call.callee.interface.returns == "namedtuple"):
        for output in owner.call.outputs:
            if output.name == node.attr:
                return Promise(output.type, output.name, owner.call)
        names = [output.name for output in owner.call.outputs]
        message = f"`{owner.call.callee.node.name}` has no output `{node.attr}`"
        help_ = did_you_mean(node.attr, names) or listed("output", names)
        return frame.report(codes.UNKNOWN_PART, message, node, help_=help_, related=(declaration(owner.call.callee),))
    if isinstance(owner, Result) and owner.call.outputs:
        return _refuse_position(frame, owner, node)
    if isinstance(owner, Record):
        return structs.read_field(frame, owner, node.attr, node)
    if isinstance(owner, Promise):
        return promise_parts.attribute(frame, owner, node)
    return _refuse_part(frame, owner, node)


def _refuse_position(frame: Frame, owner: Result, node: ast.Attribute) -> Broken:
    """Report a named part of a tuple of results, which have positions."""
    name, outputs = owner.call.callee.node.name, owner.call.outputs
    names = [output.name for output in outputs]
    at = names.index(node.attr) if node.attr in names else 0
    help_ = f"write `{ast.unparse(node.value)}[{at}]`, or give the results names: `-> NamedTuple`"
    message = f"`{name}` returns a tuple of {len(outputs)} values, which have no names"
    return frame.report(codes.UNKNOWN_PART, message, node, help_=help_, related=(declaration(owner.call.callee),))
