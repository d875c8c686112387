"""Changes of lists, dicts and sets that a body made: items, methods, ``+=``. Constants, and what something else holds by now, stay as they are."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend import static_operations as operations
from dagwright_compiler.frontend.displays import refuse_key
from dagwright_compiler.frontend.iteration import items_of
from dagwright_compiler.frontend.known_values import Symbolic, name_of_class, said
from dagwright_compiler.frontend.promises import BROKEN, Broken, Static, Value, describe_source, unwrapped, wrapped
from dagwright_compiler.frontend.settled_values import symbolic_in
from dagwright_compiler.frontend.static_operations import MOST_ITEMS, BudgetError, OperationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.known_values import StaticValue

METHODS: dict[type, frozenset[str]] = {
    list: frozenset({"append", "extend", "insert", "pop", "remove", "clear", "reverse"}),
    dict: frozenset({"update", "setdefault", "pop", "popitem", "clear"}),
    set: frozenset({"add", "discard", "remove", "update", "clear"}),
}
"""Methods that change what they are called on."""
_IN_PLACE = (list, dict, set)


def may_change(frame: Frame, value: StaticValue, node: ast.AST) -> bool:
    """Whether a list, dict or set is the body's own; a finding where it is not."""
    if frame.services.evaluator.shared.holds(value):
        kind = type(value).__name__
        message = (
            f"this changes a {kind} that is a constant of a module, or the default of a parameter, for every other use of it"
        )
        help_ = f"make a {kind} of your own first: `{kind}(...)`"
        frame.report(codes.UNSUPPORTED_STATEMENT, message, node, help_=help_)
        return False
    lent = frame.run.lent.get(id(value))
    if lent is not None:
        message = f"this changes a {type(value).__name__} that {lent[1]} holds by now"
        frame.report(codes.UNSUPPORTED_STATEMENT, message, node, help_=f"change it before, or pass `{type(value).__name__}(...)`")
    return lent is None


def lend(frame: Frame, value: Value, holder: str) -> None:
    """Let what a value holds stay as it is: ``holder`` has it."""
    pending = [unwrapped(value)]
    while pending:
        part = pending.pop()
        if isinstance(part, list | tuple | dict | set) and id(part) not in frame.run.lent:
            frame.run.lent[id(part)] = (part, holder)
            pending.extend(part.values() if isinstance(part, dict) else part)


def changed(frame: Frame, value: StaticValue, added: StaticValue, node: ast.AST) -> None:
    """Hold a list, dict or set that grew to the most that one may be."""
    size = len(value)
    if size > MOST_ITEMS:
        frame.report(codes.STATIC_BUDGET, f"the value has more than {MOST_ITEMS} items", node, help_="build it in a task")
        value.clear()
    elif isinstance(added, list | tuple | dict):
        sizes = frame.services.evaluator.sizes
        sizes.forget()
        if size & (size - 1) == 0:  # now and then: to look at all of it each time would make a loop of appends quadratic
            try:
                sizes.check(value)
            except BudgetError as error:
                frame.report(codes.STATIC_BUDGET, str(error), node, help_="build the value in a task")
                value.clear()


def set_item(expressions: Expressions, frame: Frame, target: ast.Subscript, value: Value) -> None:
    """``values[key] = value``."""
    owner = _owner(expressions, frame, target, "assigning to an item")
    if owner is None:
        return
    if isinstance(target.slice, ast.Slice):
        items = items_of(frame, value, target, "a slice")
        bounds = _bounds(expressions, frame, target.slice)
        if items is None and not isinstance(value, Broken):
            frame.report(codes.NOT_STATIC, f"{describe_source(value)} cannot be assigned to a slice", target)
        if items is None or bounds is None or not isinstance(owner, list):
            return
        made = [unwrapped(item) for item in items]
        _do(expressions, target, lambda: owner.__setitem__(bounds, made))
        changed(frame, owner, made, target)
        return
    key = _key(expressions, frame, owner, target)
    if key is not None:
        _do(expressions, target, lambda: owner.__setitem__(key.value, unwrapped(value)))
        changed(frame, owner, unwrapped(value), target)


def delete_item(expressions: Expressions, frame: Frame, target: ast.Subscript) -> None:
    """``del values[key]``."""
    owner = _owner(expressions, frame, target, "deleting an item")
    if owner is None:
        return
    if isinstance(target.slice, ast.Slice):
        bounds = _bounds(expressions, frame, target.slice)
        if bounds is not None:
            _do(expressions, target, lambda: owner.__delitem__(bounds))
        return
    key = _key(expressions, frame, owner, target)
    if key is not None:
        _do(expressions, target, lambda: owner.__delitem__(key.value))


def augment(expressions: Expressions, frame: Frame, node: ast.AugAssign, own: Value, other: Value) -> Value | None:
    """``values += others`` in place, as Python does it for lists, dicts and sets; ``None`` for every other value."""
    if not isinstance(own, Static) or not isinstance(own.value, _IN_PLACE) or isinstance(other, Broken):
        return None
    value, op = own.value, node.op
    if isinstance(value, list) and isinstance(op, ast.Add):
        items = items_of(frame, other, node, "`+=`")
        if items is None or not may_change(frame, value, node):
            return BROKEN if items is not None else None
        made = [unwrapped(item) for item in items]
        value.extend(made)
        changed(frame, value, made, node)
        return own
    if not isinstance(other, Static):
        return None
    if isinstance(value, list) and isinstance(op, ast.Mult):
        if not may_change(frame, value, node):
            return BROKEN
        multiplied = expressions.compute(node, lambda: operations.binary(op, value, other.value))
        if isinstance(multiplied, Static):
            value[:] = multiplied.value
            changed(frame, value, multiplied.value, node)
        return own if isinstance(multiplied, Static) else multiplied
    fits = isinstance(other.value, dict) if isinstance(value, dict) else isinstance(other.value, set | frozenset)
    if fits and not isinstance(value, list) and isinstance(op, ast.BitOr):
        if not may_change(frame, value, node):
            return BROKEN
        value.update(other.value)
        changed(frame, value, other.value, node)
        return own
    return None


def call_method(
    expressions: Expressions,
    node: ast.Call,
    owner: StaticValue,
    name: str,
    given: tuple[list[StaticValue], dict[str, StaticValue]],
) -> Value:
    """One of ``METHODS`` of a list, dict or set that the body made."""
    frame = expressions.frame
    args, kwargs = given
    if not may_change(frame, owner, node):
        return BROKEN
    if name in ("extend", "update") and args:
        made = args[0] if isinstance(args[0], dict) else _items(frame, args[0], node, name)
        if made is None:
            return BROKEN
        args = [made, *args[1:]]
    if name in ("remove", "discard", "add", "setdefault") or (name == "pop" and args):
        for needed in (*owner, args[0]) if name == "remove" and isinstance(owner, list) else args[:1]:
            inside = symbolic_in(needed)
            if inside is not None:
                return refuse_key(frame, wrapped(inside), node, f"the values that `.{name}()` compares")
    if name in ("update", "add"):
        keys = args[:1]
        if name == "update":
            keys = args[0] if isinstance(owner, set) and args else [pair[0] for pair in _pairs(args)]
        for key in keys:
            if isinstance(key, Symbolic):
                return refuse_key(
                    frame, wrapped(key), node, "the keys of a dict" if isinstance(owner, dict) else "the items of a set"
                )
    found = _do(expressions, node, lambda: getattr(owner, name)(*args, **kwargs))
    if isinstance(found, Static):
        changed(frame, owner, [*args, *kwargs.values()], node)
    return found


def _pairs(args: list[StaticValue]) -> list[tuple[StaticValue, StaticValue]]:
    given = args[0] if args else ()
    if isinstance(given, dict):
        return list(given.items())
    return [(pair[0], pair[1]) for pair in given if isinstance(pair, tuple | list) and len(pair) == 2]


def _items(frame: Frame, value: StaticValue, node: ast.Call, name: str) -> list[StaticValue] | None:
    items = items_of(frame, wrapped(value), node, f"`.{name}()`")
    if items is None:
        if not isinstance(value, Broken):
            message = (
                f"`.{name}()` needs the elements of {describe_source(wrapped(value))}, which exist only when the workflow runs"
            )
            if not isinstance(value, Symbolic):
                message = f"`.{name}()` takes no value of type `{name_of_class(value)}`"
            frame.report(
                codes.PROMISE_OPERATION if isinstance(value, Symbolic) else codes.NOT_STATIC,
                message,
                node,
                help_="build the list in a task",
            )
        return None
    return [unwrapped(item) for item in items]


def _owner(expressions: Expressions, frame: Frame, target: ast.Subscript, what: str) -> StaticValue | None:
    value = expressions.evaluate(target.value)
    if isinstance(value, Broken):
        return None
    if isinstance(value, Static) and isinstance(value.value, list | dict):
        return value.value if may_change(frame, value.value, target) else None
    source = f"a value of type `{name_of_class(value.value)}`" if isinstance(value, Static) else describe_source(value)
    message = f"{what} of {source} is not supported in a workflow"
    frame.report(codes.UNSUPPORTED_STATEMENT, message, target, help_="change the value inside a task")
    return None


def _key(expressions: Expressions, frame: Frame, owner: StaticValue, target: ast.Subscript) -> Static | None:
    key = expressions.evaluate(target.slice)
    if not isinstance(key, Static):
        refuse_key(frame, key, target.slice, "keys and positions")
        return None
    if isinstance(owner, list) and not isinstance(key.value, int):
        frame.report(codes.NOT_STATIC, "the positions of a list are whole numbers", target.slice)
        return None
    try:
        operations.check_key(key.value)
    except OperationError as error:
        frame.report(codes.NOT_STATIC, str(error), target.slice)
        return None
    return key


def _bounds(expressions: Expressions, frame: Frame, node: ast.Slice) -> slice | None:
    found: list[int | None] = []
    for part in (node.lower, node.upper, node.step):
        value = Static(None) if part is None else expressions.evaluate(part)
        if not isinstance(value, Static):
            refuse_key(frame, value, node, "the bounds of a slice")
            return None
        found.append(value.value)
    return slice(*found)


def _do(expressions: Expressions, node: ast.AST, change: Callable[[], StaticValue]) -> Value:
    """Change something; what Python would raise is a finding."""

    def done() -> StaticValue:
        try:
            return change()
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise OperationError(f"this fails: {said(error)}") from None

    return expressions.compute(node, done)
