"""Expressions of workflow bodies, evaluated over constants, results and containers of both."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend import comprehensions, displays, operator_expressions, refusals
from dagwright_compiler.frontend.body_functions import BUILTINS
from dagwright_compiler.frontend.call_expressions import call
from dagwright_compiler.frontend.entities import (
    ClassEntity,
    Constant,
    Entity,
    External,
    FunctionEntity,
    Unresolved,
    UnstableEntity,
)
from dagwright_compiler.frontend.inlined_functions import closure, closure_of, is_plain
from dagwright_compiler.frontend.module_values import made_by_module
from dagwright_compiler.frontend.not_static import NotStatic
from dagwright_compiler.frontend.part_expressions import read_part
from dagwright_compiler.frontend.promises import BROKEN, Function, Named, Static, Value, wrapped
from dagwright_compiler.frontend.static_operations import FUNCTIONS, BudgetError, OperationError
from dagwright_compiler.frontend.targets import bind
from dagwright_compiler.frontend.unreadable_expressions import refuse_entity, refuse_operation, refuse_syntax

if TYPE_CHECKING:
    from collections.abc import Callable

    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.known_values import StaticValue
    from dagwright_compiler.frontend.promises import Argument

_MOST_DEPTH = 100


class Expressions:
    """Evaluates the expressions of one body."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
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
        if kind is ast.Constant:
            return self._constant(node)  # type: ignore[arg-type]
        frame = self.frame
        if self._depth > _MOST_DEPTH:
            return frame.report(
                codes.NESTED_TOO_DEEPLY, "the expression is nested too deeply", node, help_="assign parts of it to variables"
            )
        if frame.services.findings.repeating:
            frame.step(node)
        self._depth += 1
        try:
            if kind is ast.Call:
                return call(self, frame, node)  # type: ignore[arg-type]
            handler = _HANDLERS.get(kind)
            if handler is not None:
                return handler(self, frame, node)
            return refuse_syntax(frame, node) or self._other(node)
        except BudgetError as error:
            return frame.report(codes.STATIC_BUDGET, str(error), node, help_="compute it in a task")
        finally:
            self._depth -= 1

    def reference(self, node: ast.expr) -> Value | None:
        """A task, workflow, or local value that a name stands for; ``None`` for other expressions."""
        if isinstance(node, ast.Name) and self.frame.is_local(node.id):
            return self.name(node)
        entity = self.frame.entity(node)
        if isinstance(entity, FunctionEntity) and is_plain(self.frame, entity):
            return None
        if isinstance(entity, FunctionEntity | Unresolved | UnstableEntity):
            return self._of_entity(entity, node)
        return made_by_module(self, self.frame, entity)

    def name(self, node: ast.Name) -> Value:
        """What a name holds: a local variable, a task or workflow, a constant."""
        frame = self.frame
        value = frame.variables.get(node.id) or frame.find(node.id)
        if value is None:
            if frame.is_local(node.id):
                message, help_ = frame.read_too_early(node)
                return frame.report(codes.READ_BEFORE_ASSIGNMENT, message, node, help_=help_)
            return self._of_entity(frame.services.resolver.name(node.id, frame.module), node)
        return self._of_entity(value.entity, node) if type(value) is Named else value

    def read_named(self, node: ast.Attribute) -> Value | None:
        """What a dotted name stands for that begins with a module or class; ``None`` where it is a part of a value."""
        entity = self.frame.entity(node)
        if entity is not None:
            return self._of_entity(entity, node)
        return self.static(node) if isinstance(self.frame.entity(node.value), Constant) else None

    def _of_entity(self, entity: Entity, node: ast.expr) -> Value:
        frame = self.frame
        if isinstance(entity, FunctionEntity):
            callee = frame.services.definitions.callee(entity)
            if callee is not None:
                return Function(callee)
            if frame.services.definitions.decoration(entity).kind == "broken":
                return BROKEN
            return closure(entity) if is_plain(frame, entity) else refusals.refuse_function(frame, entity, node)
        if isinstance(entity, Unresolved) or (
            isinstance(entity, UnstableEntity) and not frame.services.evaluator.is_given(entity)
        ):
            return refuse_entity(frame, entity, node)
        if isinstance(entity, ClassEntity) or (isinstance(entity, External) and is_function(entity)):
            return Named(entity)
        made = made_by_module(self, frame, entity)
        if made is not None:
            return made
        return self.compute(node, lambda: frame.services.evaluator.value_of(entity, node, frame.module))

    def static(self, node: ast.expr) -> Value:
        """A value that takes nothing but constants, else a finding that says what stands in the way."""
        frame = self.frame
        return self.compute(node, lambda: frame.services.evaluator.evaluate(node, frame.module, frame.lookup))

    def compute(self, node: ast.AST, operation: Callable[[], StaticValue]) -> Value:
        """What an operation on known values gives; a finding where it fails or gives too much."""
        frame = self.frame
        try:
            value = operation()
            if isinstance(value, list | tuple | dict):
                frame.services.evaluator.sizes.check(value)
        except OperationError as error:
            return frame.report(codes.NOT_STATIC, str(error), node)
        except BudgetError as error:
            return frame.report(codes.STATIC_BUDGET, str(error), node, help_="compute it in a task")
        except NotStatic as error:
            error.report(frame.services.findings)
            return BROKEN
        return wrapped(value)

    def arguments(self, node: ast.Call) -> tuple[list[Argument], list[tuple[ast.keyword, Value]]]:
        """Values of a call's arguments, by position and by name; what ``*`` and ``**`` pass is written out."""
        values: list[Argument] = []
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                values.extend((part, argument.value) for part in displays.spread(self, self.frame, argument) or ())
            else:
                values.append((self.evaluate(argument), argument))
        named: list[tuple[ast.keyword, Value]] = []
        for keyword in node.keywords:
            value = self.evaluate(keyword.value)
            named.extend([(keyword, value)] if keyword.arg is not None else displays.spread_names(self.frame, keyword, value))
        return values, named

    def _other(self, node: ast.expr) -> Value:
        """Syntax that has no value, whatever stands in it."""
        for part in ast.walk(node):
            value = self.frame.find(part.id) if isinstance(part, ast.Name) else None
            if value is not None and not isinstance(value, Static):
                return refuse_operation(self.frame, node, value)
        return self.static(node)

    def _constant(self, node: ast.Constant) -> Value:
        return Static(node.value) if type(node.value) in (int, bool, float, type(None)) else self.static(node)


def is_function(entity: External) -> bool:
    """Whether something outside the project is a function or type that can be passed to others: ``map(str, xs)``."""
    home, _, name = entity.qualified.rpartition(".")
    return home == "builtins" and (name in FUNCTIONS or name in BUILTINS)


def _assigned(expressions: Expressions, frame: Frame, node: ast.NamedExpr) -> Value:
    """``name := value``."""
    value = expressions.evaluate(node.value)
    bind(expressions, frame.function, node.target, value)
    return value


_HANDLERS: dict[type[ast.expr], Callable[[Expressions, Frame, Any], Value]] = {
    ast.Tuple: displays.sequence,
    ast.List: displays.sequence,
    ast.Set: displays.distinct,
    ast.Dict: displays.pairs,
    ast.BinOp: operator_expressions.binary,
    ast.UnaryOp: operator_expressions.unary,
    ast.Compare: operator_expressions.comparison,
    ast.BoolOp: operator_expressions.either,
    ast.IfExp: operator_expressions.choice,
    ast.JoinedStr: operator_expressions.text,
    ast.Attribute: read_part,
    ast.Subscript: read_part,
    ast.ListComp: comprehensions.sequence,
    ast.SetComp: comprehensions.distinct,
    ast.DictComp: comprehensions.pairs,
    ast.GeneratorExp: comprehensions.generator,
    ast.Lambda: closure_of,
    ast.NamedExpr: _assigned,
}
