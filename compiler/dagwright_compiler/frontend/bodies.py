"""Workflow bodies, interpreted once with symbolic inputs: statements to calls and returned values."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.calls import source_places
from dagwright_compiler.frontend.expressions import Expressions
from dagwright_compiler.frontend.frames import Frame, Services
from dagwright_compiler.frontend.known_values import Instance
from dagwright_compiler.frontend.promises import BROKEN, Broken, Group, Promise, Record, Static, Value, describe_source, parts_of
from dagwright_compiler.frontend.unread_types import UNREAD

if TYPE_CHECKING:
    from collections.abc import Callable

    from dagwright_compiler.frontend.promises import Call, Callee

_STATEMENTS: dict[type[ast.stmt], tuple[str, str]] = {
    ast.If: ("`if`", "move the decision into a task"),
    ast.For: ("`for`", "run the task for every element with `map_task(f)(x=values)`"),
    ast.AsyncFor: ("`async for`", "run the task for every element with `map_task(f)(x=values)`"),
    ast.While: ("`while`", "move the loop into a task"),
    ast.Try: ("`try`", "catch the error inside the task"),
    ast.TryStar: ("`try`", "catch the error inside the task"),
    ast.With: ("`with`", "use the context inside a task"),
    ast.AsyncWith: ("`async with`", "use the context inside a task"),
    ast.Match: ("`match`", "move the decision into a task"),
    ast.Raise: ("`raise`", "raise inside a task"),
    ast.Assert: ("`assert`", "check inside a task"),
    ast.FunctionDef: ("a function inside a workflow", "define it at module level, and decorate it with `@task` to call it here"),
    ast.AsyncFunctionDef: ("a function inside a workflow", "define it at module level"),
    ast.ClassDef: ("a class inside a workflow", "define it at module level"),
    ast.Import: ("an import inside a workflow", "import at the top of the module, or inside the task that needs it"),
    ast.ImportFrom: ("an import inside a workflow", "import at the top of the module, or inside the task that needs it"),
    ast.Delete: ("`del`", "leave it out: a workflow's variables cost nothing"),
    ast.Global: ("`global`", "return the value, or make it an input"),
    ast.Nonlocal: ("`nonlocal`", "return the value, or make it an input"),
    ast.Break: ("`break`", "move the loop into a task"),
    ast.Continue: ("`continue`", "move the loop into a task"),
}


class Body:
    """What interpreting gives: the calls in source order and the returned value."""

    __slots__ = ("calls", "frame", "returned")

    def __init__(self, frame: Frame, returned: tuple[Value, ast.Return] | None) -> None:
        self.frame = frame
        self.calls: list[Call] = frame.calls
        self.returned = returned


def interpret(workflow: Callee, services: Services) -> Body:
    """Interpret the body of a workflow."""
    frame = Frame(workflow, services)
    reader = _Statements(frame)
    for statement in workflow.node.body:
        if frame.returned is not None:
            frame.report(codes.UNREACHABLE_CODE, "nothing after `return` is reached: it is left out", statement)
            break
        reader.statement(statement)
    return Body(frame, frame.returned)


class _Statements:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._expressions = Expressions(frame)
        self._handlers: dict[type[ast.stmt], Callable[..., None]] = {
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._augmented,
            ast.Expr: self._expression,
            ast.Return: self._return,
            ast.Pass: self._nothing,
        }

    def statement(self, node: ast.stmt) -> None:
        handler = self._handlers.get(type(node))
        if handler is not None:
            handler(node)
        else:
            self._unsupported(node)

    def _assign(self, node: ast.Assign) -> None:
        before = len(self._frame.calls)
        value = self._expressions.evaluate(node.value)
        for target in node.targets:
            self._bind(target, value, node)
        self._name_calls(before, node.targets[0], node.value)

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is None:
            return
        before = len(self._frame.calls)
        self._bind(node.target, self._expressions.evaluate(node.value), node)
        self._name_calls(before, node.target, node.value)

    def _augmented(self, node: ast.AugAssign) -> None:
        if not isinstance(node.target, ast.Name):
            self._unsupported(node)
            return
        if self._is_shared(node.target.id):
            message = f"`{node.target.id}` has another name as well, and this changes it under both"
            help_ = f"write `{node.target.id} = {node.target.id} + ...`, which makes a list of its own"
            self._frame.report(codes.UNSUPPORTED_STATEMENT, message, node, help_=help_)
            return
        left = ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target)
        whole = ast.copy_location(ast.BinOp(left, node.op, node.value), node)
        self._bind(node.target, self._expressions.evaluate(whole), node)

    def _is_shared(self, name: str) -> bool:
        """Whether a variable's list or dict can also be reached in another way: an augmented assignment changes it in place."""
        frame = self._frame
        own = frame.variables.get(name)
        if not isinstance(own, Static) or not isinstance(own.value, list | dict):
            return False
        others = [value for variable, value in frame.variables.items() if variable != name]
        return _reaches([*others, *frame.services.evaluator.changeable], own.value)

    def _expression(self, node: ast.Expr) -> None:
        value = node.value
        if isinstance(value, ast.Constant):
            return  # a docstring, `...`, or a constant without effect
        self._expressions.evaluate(value)

    def _return(self, node: ast.Return) -> None:
        value = Static(None) if node.value is None else self._expressions.evaluate(node.value)
        self._frame.returned = (value, node)

    def _nothing(self, node: ast.stmt) -> None:
        pass

    def _bind(self, target: ast.expr, value: Value, node: ast.stmt) -> None:
        if isinstance(target, ast.Name):
            self._frame.variables[target.id] = value
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target, value, node)
        elif isinstance(target, ast.Starred):
            self._frame.report(
                codes.UNSUPPORTED_STATEMENT,
                "`*` in an assignment is not supported in a workflow",
                target,
                help_="name every value",
            )
            self._break_names(target)
        else:
            what = "an attribute" if isinstance(target, ast.Attribute) else "an item"
            message = f"assigning to {what} is not supported in a workflow"
            self._frame.report(codes.UNSUPPORTED_STATEMENT, message, target, help_="change the value inside a task")

    def _unpack(self, target: ast.Tuple | ast.List, value: Value, node: ast.stmt) -> None:
        parts = parts_of(value)
        if any(isinstance(part, ast.Starred) for part in target.elts):
            parts = None
            self._frame.report(
                codes.UNSUPPORTED_STATEMENT,
                "`*` in an assignment is not supported in a workflow",
                target,
                help_="name every value",
            )
        elif parts is None:
            self._refuse_unpacking(target, value)
        elif len(parts) != len(target.elts):
            names = f"{len(target.elts)} name{'s' if len(target.elts) != 1 else ''}"
            what = describe_source(value) if not isinstance(value, Static) else "the constant"
            message = f"{what} has {len(parts)} value{'s' if len(parts) != 1 else ''}, but {names} take it"
            self._frame.report(codes.UNPACKING_MISMATCH, message, target)
            parts = None
        for position, part in enumerate(target.elts):
            self._bind(part, parts[position] if parts is not None else BROKEN, node) if not isinstance(
                part, ast.Starred
            ) else self._break_names(part)

    def _refuse_unpacking(self, target: ast.expr, value: Value) -> None:
        if isinstance(value, Broken) or (isinstance(value, Promise) and value.type is UNREAD):
            return
        message = f"{describe_source(value)} cannot be unpacked: how many values it has is known only when the workflow runs"
        help_ = "annotate the task's result as `tuple[int, str]` or a NamedTuple, or unpack inside a task"
        related = tuple(source_places(self._frame, value)) if isinstance(value, Promise) else ()
        self._frame.report(codes.UNPACKING_MISMATCH, message, target, help_=help_, related=related)

    def _unsupported(self, node: ast.stmt) -> None:
        what, help_ = _STATEMENTS.get(type(node), ("this statement", "move it into a task"))
        self._frame.report(codes.UNSUPPORTED_STATEMENT, f"{what} is not supported in a workflow", node, help_=help_)
        self._break_names(node)

    def _break_names(self, node: ast.AST) -> None:
        """Names that an unsupported statement may bind must not cause findings of their own; a return in it counts."""
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store | ast.Del):
                self._frame.variables[part.id] = BROKEN
            elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self._frame.variables[part.name] = BROKEN
            elif isinstance(part, ast.alias):
                self._frame.variables[part.asname or part.name.partition(".")[0]] = BROKEN
            elif isinstance(part, ast.Return) and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self._frame.may_return = True

    def _name_calls(self, before: int, target: ast.expr, value: ast.expr) -> None:
        """The outermost call of an assignment bears the variable's name; in ``a, b = f(), g()`` each its own."""
        calls = self._frame.calls[before:]
        if calls and isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            for part, item in zip(target.elts, value.elts, strict=False):
                inside = {id(node) for node in ast.walk(item)}
                _name_last([call for call in calls if id(call.node) in inside], part)
        else:
            _name_last(calls, target)


def _name_last(calls: list[Call], target: ast.expr) -> None:
    while isinstance(target, ast.Tuple | ast.List) and target.elts:
        target = target.elts[0]
    if calls and isinstance(target, ast.Name) and not calls[-1].variable:
        calls[-1].variable = target.id


def _reaches(values: list[object], wanted: object) -> bool:
    """Whether an object itself, not its equal, is one of the values or a part of one."""
    pending = list(values)
    while pending:
        value = pending.pop()
        if value is wanted:
            return True
        if isinstance(value, Static):
            pending.append(value.value)
        elif isinstance(value, Group):
            pending.extend(value.items)
        elif isinstance(value, Instance | Record):
            pending.extend(value.fields.values())
        elif isinstance(value, dict):
            pending.extend(value.values())
        elif isinstance(value, list | tuple):
            pending.extend(value)
    return False
