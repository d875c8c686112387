"""Targets of assignments, loops and ``del`` in a body: names, several names, items of lists and dicts that the body made."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend import changes
from dagwright_compiler.frontend.iteration import items_of
from dagwright_compiler.frontend.known_values import name_of_class
from dagwright_compiler.frontend.origins import source_places
from dagwright_compiler.frontend.promises import (
    BROKEN,
    Broken,
    Promise,
    Result,
    Static,
    Value,
    describe_source,
    output_part,
    unwrapped,
)
from dagwright_compiler.frontend.typing_rules import spell
from dagwright_compiler.frontend.unread_types import UNREAD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.frames import Frame

_OF_ANY_LENGTH = frozenset({"list", "vartuple", "set", "frozenset", "dict", "str", "bytes", "unknown", "opaque"})
"""Kinds of types whose values can be unpacked, by those who know how many there are."""


def bind(expressions: Expressions, frame: Frame, target: ast.expr, value: Value) -> None:
    """Assign a value to a target."""
    if isinstance(target, ast.Name):
        frame.assign(target.id, value)
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(expressions, frame, target, value)
    elif isinstance(target, ast.Subscript):
        changes.set_item(expressions, frame, target, value)
    elif isinstance(target, ast.Attribute):
        if not isinstance(expressions.evaluate(target.value), Broken):
            message = "assigning to an attribute is not supported in a workflow"
            frame.report(codes.UNSUPPORTED_STATEMENT, message, target, help_="change the value inside a task")
    elif isinstance(target, ast.Starred):
        bind(expressions, frame, target.value, value)


def unbind(expressions: Expressions, frame: Frame, target: ast.expr) -> None:
    """``del`` of a target."""
    if isinstance(target, ast.Tuple | ast.List):
        for part in target.elts:
            unbind(expressions, frame, part)
    elif isinstance(target, ast.Name):
        if frame.variables.pop(target.id, None) is None:
            message, help_ = frame.read_too_early(target)
            frame.report(codes.READ_BEFORE_ASSIGNMENT, message.replace("read", "deleted", 1), target, help_=help_)
    elif isinstance(target, ast.Subscript):
        changes.delete_item(expressions, frame, target)
    else:
        message = "deleting an attribute is not supported in a workflow"
        frame.report(codes.UNSUPPORTED_STATEMENT, message, target, help_="change the value inside a task")


def loop_names(target: ast.expr) -> Iterator[str]:
    """Names that a target binds."""
    return (part.id for part in ast.walk(target) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store))


def _unpack(expressions: Expressions, frame: Frame, target: ast.Tuple | ast.List, value: Value) -> None:
    parts = items_of(frame, value, target, "unpacking") if not isinstance(value, Broken) else None
    stars = [position for position, part in enumerate(target.elts) if isinstance(part, ast.Starred)]
    if parts is None:
        _refuse_unpacking(frame, target, value)
    elif len(parts) < len(target.elts) - 1 if stars else len(parts) != len(target.elts):
        count = len(target.elts) - len(stars)
        names = f"{'at least ' if stars else ''}{count} name{'s' if count != 1 else ''}"
        what = describe_source(value) if not isinstance(value, Static) else "the constant"
        has = f"{what} has {len(parts)} value{'s' if len(parts) != 1 else ''}"
        help_ = "write a name for each value, or `_` for one that is not needed"
        if isinstance(value, Result) and not parts:
            has, help_ = (
                f"`{value.call.callee.node.name}` returns nothing",
                "write the call by itself, or annotate what it returns",
            )
        frame.report(codes.UNPACKING_MISMATCH, f"{has}, but {names} take{'s' if count == 1 else ''} it", target, help_=help_)
        parts = None
    if parts is not None and stars:
        before, after = stars[0], len(target.elts) - stars[0] - 1
        rest = Static([unwrapped(part) for part in parts[before : len(parts) - after]])
        parts = [*parts[:before], rest, *parts[len(parts) - after :]]
    for position, part in enumerate(target.elts):
        bind(expressions, frame, part, parts[position] if parts is not None else BROKEN)


def _refuse_unpacking(frame: Frame, target: ast.Tuple | ast.List, value: Value) -> None:
    if isinstance(value, Broken) or (isinstance(value, Promise) and value.type is UNREAD):
        return
    if isinstance(value, Static):
        message = f"a value of type `{name_of_class(value.value)}` cannot be unpacked"
        frame.report(codes.UNPACKING_MISMATCH, message, target)
        return
    if isinstance(value, Promise):
        _refuse_promise(frame, target, value)
        return
    message = f"{describe_source(value)} cannot be unpacked"
    frame.report(codes.UNPACKING_MISMATCH, message, target, help_="unpack it inside a task")


def _refuse_promise(frame: Frame, target: ast.Tuple | ast.List, value: Promise) -> None:
    """Report the unpacking of one value, or of one that has as many as only a run knows."""
    declared, source = value.type, describe_source(value)
    related = tuple(source_places(frame, value))
    if any(part.kind in _OF_ANY_LENGTH for part in (declared.args if declared.kind == "union" else (declared,))):
        message = f"{source} cannot be unpacked: how many values it has is known only when the workflow runs"
        is_list = declared.kind in ("list", "vartuple")
        help_ = "read its items by position: `values[0]`" if is_list else "unpack it inside a task"
        if value.call is not None and not value.path and value.call.kind != "map":
            help_ = f"{help_}, or let `{value.call.callee.node.name}` return a tuple: `-> tuple[...]`"
        frame.report(codes.UNPACKING_MISMATCH, message, target, help_=help_, related=related)
        return
    count = len(target.elts)
    whole = value.call is not None and not value.path and value.call.kind != "map" and output_part(value) == ""
    what = f"`{value.call.callee.node.name}` returns" if whole and value.call is not None else f"{source} is"
    message = f"{what} one value (`{spell(declared)}`), but {count} name{'s take' if count != 1 else ' takes'} it"
    fields = list(frame.services.classes.types_of_fields(declared.name) or {}) if declared.kind == "class" else []
    if fields:
        help_ = f"assign it to one name, and read its fields: `result.{fields[0]}`"
    elif whole and value.call is not None:
        help_ = f"assign it to one name, or let `{value.call.callee.node.name}` return a tuple: `-> tuple[...]`"
    else:
        help_ = "assign it to one name"
    frame.report(codes.UNPACKING_MISMATCH, message, target, help_=help_, related=related)
