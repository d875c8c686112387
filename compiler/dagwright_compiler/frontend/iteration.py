"""What loops, comprehensions and unpacking go over: values that have their elements while compiling."""

from __future__ import annotations

import ast
from collections.abc import ItemsView, Iterator, KeysView, ValuesView
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.calls import call_it
from dagwright_compiler.frontend.entities import ClassEntity
from dagwright_compiler.frontend.known_values import name_of_class
from dagwright_compiler.frontend.promises import (
    Broken,
    Closure,
    Function,
    Mapped,
    Named,
    Promise,
    Static,
    Value,
    describe_source,
    part_at,
    parts_of,
    unwrapped,
    wrapped,
)
from dagwright_compiler.frontend.static_operations import MOST_ITEMS
from dagwright_compiler.frontend.typing_rules import spell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.known_values import StaticValue

VIEWS = (ItemsView, KeysView, ValuesView)
_WITHOUT_ELEMENTS = frozenset({"int", "float", "bool", "none", "datetime", "date", "time", "timedelta", "decimal", "uuid"})
"""Kinds of types whose values nothing can go over."""
_ITERABLE = (list, tuple, dict, str, Iterator, *VIEWS)


def elements(frame: Frame, value: Value, node: ast.AST, what: str, loop: ast.AST | None = None) -> Iterable[StaticValue] | None:
    """What a loop goes over, looked at while it turns as in Python; ``None`` after a finding.

    Args:
        frame: The body.
        value: What stands behind ``in``.
        node: Where.
        what: How the finding begins.
        loop: The whole of what goes over it: a statement, a comprehension or a call.
    """
    if isinstance(value, Static):
        if isinstance(value.value, _ITERABLE):
            return value.value
        if isinstance(value.value, set | frozenset):
            message = f"{what} goes over a set, which has no order: the same source would not always give the same workflow"
            frame.report(codes.NOT_STATIC, message, node, help_="write `sorted(...)` around it")
        else:
            frame.report(codes.NOT_STATIC, f"{what} goes over a value of type `{name_of_class(value.value)}`", node)
        return None
    parts = parts_of(value)
    if parts is not None:
        return list(map(unwrapped, parts))
    if isinstance(value, Named) and isinstance(value.entity, ClassEntity):
        members = frame.services.evaluator.members(value.entity)
        if members is None:
            message = f"{what} goes over the class `{value.entity.qualname}`, which has no elements"
            frame.report(codes.NOT_STATIC, message, node)
        return members
    if not isinstance(value, Broken):
        _refuse(frame, value, node, what, loop)
    return None


def _refuse(frame: Frame, value: Value, node: ast.AST, what: str, loop: ast.AST | None) -> None:
    """Report that the elements of a result are needed; of one that has none, that."""
    message = f"{what} needs the elements of {describe_source(value)}, which exist only when the workflow runs"
    help_ = "loop inside a task"
    if isinstance(value, Closure | Function | Mapped | Named):
        message, help_ = f"{what} goes over {describe_source(value)}, which has no elements", call_it(value)
    elif isinstance(value, Promise) and value.type.kind in _WITHOUT_ELEMENTS:
        message = f"{what} goes over {describe_source(value)}, which is `{spell(value.type)}` and has no elements"
        help_ = ""
    elif isinstance(value, Promise) and loop is not None:
        from dagwright_compiler.frontend.loop_advice import instead  # only once something is wrong

        help_ = instead(frame, loop, value)
    code = codes.UNSUPPORTED_STATEMENT if isinstance(node, ast.stmt) else codes.PROMISE_OPERATION
    frame.report(code, message, node, help_=help_)


def items_of(frame: Frame, value: Value, node: ast.AST, what: str) -> list[Value] | None:
    """The values that unpacking gives, all at once; ``None`` where the value cannot be unpacked, with no finding."""
    if isinstance(value, Static):
        if not isinstance(value.value, _ITERABLE):
            return None
        return [wrapped(item) for item in turns(frame, value.value, node, what)]
    if isinstance(value, Named) and isinstance(value.entity, ClassEntity):
        members = frame.services.evaluator.members(value.entity)
        return None if members is None else list(map(wrapped, members))
    parts = parts_of(value)
    if parts is None and isinstance(value, Promise) and value.type.kind == "class":
        definition = frame.services.classes.definition(value.type.name)
        if definition is not None and definition.kind == "namedtuple":
            return [part_at(value, field.name, field.type, f".{field.name}") for field in definition.fields]
    return None if parts is None else list(parts)


def turns(frame: Frame, values: Iterable[StaticValue], node: ast.AST, what: str) -> Iterator[StaticValue]:
    """Each element in turn; a list or dict that changes on the way does so as in Python."""
    iterator = iter(values)
    for _ in range(MOST_ITEMS):
        try:
            value = next(iterator)
        except StopIteration:
            return
        except RuntimeError as error:  # a dict that changed while it is gone over
            frame.report(codes.NOT_STATIC, f"{what} fails: {error}", node)
            return
        if frame.services.findings.repeating:
            frame.step(node)
        yield value
    frame.report(codes.STATIC_BUDGET, f"{what} goes over more than {MOST_ITEMS} elements", node, help_="loop in a task")
