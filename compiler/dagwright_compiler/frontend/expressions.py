"""Expressions of workflow bodies: names, calls, tuples, constants. Everything else is computed statically or a finding."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend import ordering
from dagwright_compiler.frontend.call_expressions import call
from dagwright_compiler.frontend.entities import (
    FunctionEntity,
    Unresolved,
    UnstableEntity,
)
from dagwright_compiler.frontend.module_values import made_by_module
from dagwright_compiler.frontend.not_static import NotStatic
from dagwright_compiler.frontend.part_expressions import read_part
from dagwright_compiler.frontend.promises import (
    BROKEN,
    Argument,
    Broken,
    Function,
    Group,
    Record,
    Static,
    Value,
    describe_source,
    parts_of,
)
from dagwright_compiler.frontend.static_operations import BudgetError
from dagwright_compiler.frontend.unreadable_expressions import explain, refuse_entity

if TYPE_CHECKING:
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.known_values import StaticValue

_MOST_DEPTH = 100


class Expressions:
    """Evaluates the expressions of one body."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._depth = 0

    @staticmethod
    def of(frame: Frame) -> Expressions:
        """What evaluates the expressions of another body."""
        return Expressions(frame)

    def evaluate(self, node: ast.expr) -> Value:
        """What an expression gives; a finding gives ``BROKEN``."""
        kind = type(node)
        if kind is ast.Name:
            return self.name(node)  # type: ignore[arg-type]
        if self._depth > _MOST_DEPTH:
            return self._frame.report(
                codes.NESTED_TOO_DEEPLY, "the expression is nested too deeply", node, help_="assign parts of it to variables"
            )
        self._depth += 1
        try:
            if kind is ast.Call:
                assert isinstance(node, ast.Call)
                return call(self, self._frame, node)
            if isinstance(node, ast.Tuple | ast.List):
                return self._sequence(node)
            if kind is ast.Dict:
                return self._dict(node)  # type: ignore[arg-type]
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.RShift):
                return self._order(node)
            if isinstance(node, ast.Attribute | ast.Subscript):
                found = read_part(self, self._frame, node)
                if found is not None:
                    return found
            return self.static(node)
        finally:
            self._depth -= 1

    def reference(self, node: ast.expr) -> Value | None:
        """A task, workflow, or local value that a name stands for; ``None`` for other expressions."""
        if isinstance(node, ast.Name) and (node.id in self._frame.variables or node.id in self._frame.assigned):
            return self.name(node)
        entity = self._frame.services.resolver.expression(node, self._frame.module)
        if isinstance(entity, FunctionEntity):
            callee = self._frame.services.definitions.callee(entity)
            if callee is not None:
                return Function(callee)
            if self._frame.services.definitions.decoration(entity).kind == "broken":
                return BROKEN
        if isinstance(entity, Unresolved | UnstableEntity):
            return refuse_entity(self._frame, entity, node)
        return made_by_module(self, self._frame, entity)

    def name(self, node: ast.Name) -> Value:
        """What a name holds: a local variable, a task or workflow, a constant."""
        value = self._frame.variables.get(node.id)
        if value is not None:
            return value
        if node.id in self._frame.assigned:
            message, help_ = self._frame.read_too_early(node)
            return self._frame.report(codes.READ_BEFORE_ASSIGNMENT, message, node, help_=help_)
        found = self.reference(node)
        return found if found is not None else self.static(node)

    def sized(self, value: Group | Record | Broken, node: ast.expr) -> Value:
        """The value, unless its parts are more than a plan could hold."""
        if isinstance(value, Broken) or (isinstance(value, Group) and value.items and all(map(_is_broken, value.items))):
            return BROKEN
        try:
            self._frame.services.evaluator.sizes.check(value)
        except BudgetError as error:
            return self._frame.report(codes.STATIC_BUDGET, str(error), node, help_="build the value in a task")
        return value

    def static(self, node: ast.expr) -> Value:
        """A value known at compile time, else a finding that says what stands in the way."""
        if type(node) is ast.Constant and type(node.value) in (int, bool, float, type(None)):
            return Static(node.value)
        frame = self._frame
        services = frame.services
        try:
            return Static(services.evaluator.evaluate(node, frame.module, frame.lookup))
        except NotStatic as error:
            if error.reported:
                return BROKEN
            return explain(frame, node, error)

    def _sequence(self, node: ast.Tuple | ast.List) -> Value:
        items: list[Value] = []
        for item in node.elts:
            if isinstance(item, ast.Starred):
                inner = self.evaluate(item.value)
                parts = parts_of(inner)
                if parts is None:
                    if not isinstance(inner, Broken):
                        self._frame.report(
                            codes.UNSUPPORTED_EXPRESSION,
                            f"{describe_source(inner)} cannot be unpacked with `*`",
                            item,
                            help_="write the values out",
                        )
                    return BROKEN
                items.extend(parts)
            else:
                items.append(self.evaluate(item))
        if all(isinstance(item, Static) for item in items):
            values = [item.value for item in items if isinstance(item, Static)]
            return Static(tuple(values) if isinstance(node, ast.Tuple) else values)
        return self.sized(Group("tuple" if isinstance(node, ast.Tuple) else "list", tuple(items)), node)

    def _dict(self, node: ast.Dict) -> Value:
        """A dict with known keys; values may be promises."""
        found: dict[object, tuple[StaticValue, Value]] = {}
        for key, item in zip(node.keys, node.values, strict=True):
            value = self.evaluate(item)
            if key is None:
                pairs = _pairs_of(value)
                if pairs is None:
                    if isinstance(value, Broken):
                        return value
                    message = f"{describe_source(value)} cannot be unpacked with `**`"
                    return self._frame.report(codes.UNSUPPORTED_EXPRESSION, message, item, help_="write the values out")
            else:
                name = self.evaluate(key)
                if not isinstance(name, Static):
                    if isinstance(name, Broken):
                        return name
                    message = f"the keys of a dict are needed while compiling, but this is {describe_source(name)}"
                    return self._frame.report(codes.PROMISE_OPERATION, message, key, help_="build the dict in a task")
                pairs = [(name.value, value)]
            if not all(_can_be_key(name) for name, _ in pairs):
                message = "a value that can change cannot be a key of a dict"
                return self._frame.report(codes.NOT_STATIC, message, key or item)
            for name, value in pairs:  # of equal keys, the first stays, as in Python
                found[name] = found.get(name, (name,))[0], value
        if all(isinstance(value, Static) for _, value in found.values()):
            return self.static(node)
        keys = tuple(name for name, _ in found.values())
        return self.sized(Group("dict", tuple(value for _, value in found.values()), keys=keys), node)

    def _order(self, node: ast.BinOp) -> Value:
        """``a >> b >> c``: walked in a loop, since chains are as long as graphs are."""
        chain: list[ast.expr] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and isinstance(left.op, ast.RShift):
            chain.append(left.right)
            left = left.left
        parts = [(self.evaluate(part), part) for part in (left, *reversed(chain))]
        if all(isinstance(value, Static) for value, _ in parts):
            return self.static(node)
        return ordering.order(self._frame, parts)

    def arguments(self, node: ast.Call) -> tuple[list[Argument], list[tuple[ast.keyword, Value]]]:
        """Values of a call's arguments, by position and by name."""
        values: list[Argument] = []
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                inner = self.evaluate(argument.value)
                parts = parts_of(inner)
                if parts is None and not isinstance(inner, Broken):
                    self._frame.report(
                        codes.UNSUPPORTED_EXPRESSION,
                        f"{describe_source(inner)} cannot be unpacked with `*`",
                        argument,
                        help_="write the values out",
                    )
                values.extend((part, argument.value) for part in parts or ())
            else:
                values.append((self.evaluate(argument), argument))
        return values, [(keyword, self.evaluate(keyword.value)) for keyword in node.keywords]


def _pairs_of(value: Value) -> list[tuple[StaticValue, Value]] | None:
    """Keys and values of a dict, or ``None``."""
    if isinstance(value, Group) and value.kind == "dict":
        return list(zip(value.keys, value.items, strict=True))
    if isinstance(value, Static) and isinstance(value.value, dict):
        return [(key, Static(item)) for key, item in value.value.items()]
    return None


def _is_broken(value: Value) -> bool:
    return isinstance(value, Broken)


def _can_be_key(value: StaticValue) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True
