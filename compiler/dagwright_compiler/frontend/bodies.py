"""Workflow bodies, read once with symbolic inputs: statements to calls and returned values."""

from __future__ import annotations

import ast
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend import changes, operator_expressions
from dagwright_compiler.frontend.entities import Unresolved
from dagwright_compiler.frontend.expressions import Expressions
from dagwright_compiler.frontend.frames import STEPS_ALLOWED, Exhausted, Frame, Services
from dagwright_compiler.frontend.inlined_functions import closure_of, yields
from dagwright_compiler.frontend.iteration import elements, turns
from dagwright_compiler.frontend.local_names import bound_by
from dagwright_compiler.frontend.match_statements import matches
from dagwright_compiler.frontend.operator_expressions import truth
from dagwright_compiler.frontend.promises import BROKEN, Broken, Named, Promise, Result, Static, Value, wrapped
from dagwright_compiler.frontend.settled_values import settled
from dagwright_compiler.frontend.static_operations import BudgetError
from dagwright_compiler.frontend.summary import Imported, absolute_module
from dagwright_compiler.frontend.targets import bind, unbind

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from dagwright_compiler.frontend.promises import Call, Callee

Flow = Literal["on", "break", "continue", "return"]
"""Where reading goes on after a statement."""
_UNSUPPORTED: dict[type[ast.stmt], tuple[str, str]] = {
    ast.AsyncFor: ("`async for`", "run the task for every element with `map_task(f)(x=values)`"),
    ast.Try: ("`try`", "catch the error inside the task"),
    ast.TryStar: ("`try`", "catch the error inside the task"),
    ast.With: ("`with`", "use the context inside a task"),
    ast.AsyncWith: ("`async with`", "use the context inside a task"),
    ast.ClassDef: ("a class inside a workflow", "define it at module level"),
    ast.Global: ("`global`", "return the value, or make it an input"),
}
_ENDS = (ast.Return, ast.Break, ast.Continue)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_TASK_HELP = "define it at module level, and decorate it with `@task` to call it here"


class Body:
    """What reading gives: the calls in the order in which the body makes them, and the returned value."""

    __slots__ = ("calls", "frame", "returned")

    def __init__(self, frame: Frame, returned: tuple[Value, ast.Return] | None) -> None:
        self.frame = frame
        self.calls: list[Call] = frame.calls
        self.returned = returned


def interpret(workflow: Callee, services: Services) -> Body:
    """Read the body of a workflow."""
    frame = Frame(workflow, services)
    frame.run.execute = _execute
    reader = _Statements(frame)
    try:
        reader.block(workflow.node.body)
    except Exhausted:
        frame.may_return = True
    return Body(frame, frame.returned)


def _execute(frame: Frame, body: list[ast.stmt]) -> Value | None:
    """Read the statements of a plain function; what it returns, or ``None``."""
    _Statements(frame).block(body)
    if frame.returned is not None:
        return frame.returned[0]
    return BROKEN if frame.may_return else None


class _Statements:
    """Reads the statements of one function."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._expressions = Expressions(frame)
        self._endless: list[ast.While] = []
        """The ``while True`` around what is being read whose end only a run knows, as far as that is found."""
        self._inside: ast.While | None = None
        """The ``while True`` that is the innermost loop around what is being read."""

    def block(self, statements: list[ast.stmt]) -> Flow:
        """Read statements until one of them leaves the block."""
        for position, node in enumerate(statements):
            flow = self.statement(node)
            if flow == "on":
                continue
            if isinstance(node, _ENDS) and position + 1 < len(statements) and self._frame.run.depth == 0:
                what = "return" if isinstance(node, ast.Return) else type(node).__name__.lower()
                message = f"nothing after `{what}` is reached: it is left out"
                self._frame.report(codes.UNREACHABLE_CODE, message, statements[position + 1])
            return flow
        return "on"

    def statement(self, node: ast.stmt) -> Flow:
        handler = _HANDLERS.get(type(node))
        if self._frame.services.findings.repeating:
            self._frame.step(node)
        else:
            self._frame.run.steps -= STEPS_ALLOWED
        if handler is None:
            self._unsupported(node)
            return "on"
        try:
            return handler(self, node)
        except BudgetError as error:
            self._frame.report(codes.STATIC_BUDGET, str(error), node, help_="build the value in a task")
            self._break_names([node])
            return "on"

    def assign(self, node: ast.Assign) -> Flow:
        before = len(self._frame.calls)
        value = self._expressions.evaluate(node.value)
        for target in node.targets:
            bind(self._expressions, self._frame, target, value)
        self._name_calls(before, node.targets[0], node.value)
        return "on"

    def annotated(self, node: ast.AnnAssign) -> Flow:
        if node.value is not None:
            before = len(self._frame.calls)
            bind(self._expressions, self._frame, node.target, self._expressions.evaluate(node.value))
            self._name_calls(before, node.target, node.value)
        return "on"

    def augmented(self, node: ast.AugAssign) -> Flow:
        """``x += y``: a list, dict or set is changed in place, everything else is computed and bound."""
        expressions, frame = self._expressions, self._frame
        if isinstance(node.target, ast.Attribute):
            bind(expressions, frame, node.target, BROKEN)
            return "on"
        load = ast.copy_location(
            ast.Name(node.target.id, ast.Load())
            if isinstance(node.target, ast.Name)
            else ast.Subscript(node.target.value, node.target.slice, ast.Load()),
            node.target,
        )
        own, other = expressions.evaluate(load), expressions.evaluate(node.value)
        value = changes.augment(expressions, frame, node, own, other)
        if value is None:
            whole = ast.copy_location(ast.BinOp(load, node.op, node.value), node)
            value = operator_expressions.applied(expressions, frame, whole, own, other)
        told = isinstance(own, Promise | Result) and isinstance(
            value, Broken
        )  # that it changes a result, too, is no other mistake
        if not ((value is own or told) and isinstance(node.target, ast.Subscript)):
            bind(expressions, frame, node.target, value)
        return "on"

    def expression(self, node: ast.Expr) -> Flow:
        if not isinstance(node.value, ast.Constant):  # a docstring, `...`, or a constant without effect
            self._expressions.evaluate(node.value)
        return "on"

    def returns(self, node: ast.Return) -> Flow:
        value = Static(None) if node.value is None else self._expressions.evaluate(node.value)
        is_workflow = self._frame.run.depth == 0
        self._frame.returned = (settled(value) if is_workflow else value, node)
        return "return"

    def nothing(self, _node: ast.stmt) -> Flow:
        return "on"

    def branch(self, node: ast.If) -> Flow:
        ended = self._inside if self._inside is not None and _leaves_loop(node) else None
        held = self._holds(node.test, ended or node, node.test if ended else None)
        if held is None:
            if ended is not None:
                self._endless.append(ended)
            return self._uncertain(node, node.body, node.orelse)
        return self.block(node.body if held else node.orelse)

    def repeat(self, node: ast.While) -> Flow:
        with self._turning(node):
            while True:
                held = self._holds(node.test, node)
                if held is None:
                    return self._uncertain(node, node.body, node.orelse)
                if not held:
                    break
                flow = self.block(node.body)
                if flow in ("break", "return"):
                    return "return" if flow == "return" else "on"
                if node in self._endless:
                    self._break_names([node])
                    return "on"
        return self.block(node.orelse)

    def loop(self, node: ast.For) -> Flow:
        frame, expressions = self._frame, self._expressions
        value = self._counted(node.iter) or expressions.evaluate(node.iter)
        over = elements(frame, value, node, "`for`", node)
        if over is None:
            bind(expressions, frame, node.target, BROKEN)
            return self._uncertain(node, node.body, node.orelse)
        with self._turning(node):
            for value in turns(frame, over, node.iter, "`for`"):
                bind(expressions, frame, node.target, wrapped(value))
                flow = self.block(node.body)
                if flow in ("break", "return"):
                    return "return" if flow == "return" else "on"
        return self.block(node.orelse)

    def _counted(self, over: ast.expr) -> Promise | None:
        """The result whose items ``range(len(xs))`` counts: a loop over that is one over the result."""
        match over:
            case ast.Call(func=ast.Name(id="range"), args=[ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)])]):
                value = self._frame.find(name)
                return value if isinstance(value, Promise) else None
            case _:
                return None

    def match(self, node: ast.Match) -> Flow:
        subject = self._expressions.evaluate(node.subject)
        for case in node.cases:
            held = matches(self._expressions, self._frame, node, case.pattern, subject)
            if held and case.guard is not None:
                held = self._holds(case.guard, node)
            if held is None:
                self._break_names([each.pattern for each in node.cases])
                return self._uncertain(node, *(each.body for each in node.cases))
            if held:
                return self.block(case.body)
        return "on"

    def check(self, node: ast.Assert) -> Flow:
        held = self._holds(node.test, node)
        if held is not False or self._frame.run.uncertain:
            return "on"
        self._frame.report(
            codes.UNSUPPORTED_STATEMENT,
            f"this does not hold{self._said(node.msg)}",
            node,
            help_="the workflow could never run: change the constants, or check inside a task",
        )
        return "on"

    def fail(self, node: ast.Raise) -> Flow:
        if self._frame.run.uncertain:  # nobody knows whether it is reached
            self._frame.may_return = True
            return "return"
        said = ""
        if isinstance(node.exc, ast.Call) and node.exc.args:
            said = self._said(node.exc.args[0])
        message = f"`raise` is not supported in a workflow, and this one is reached{said}"
        self._frame.report(codes.UNSUPPORTED_STATEMENT, message, node, help_="raise inside a task")
        self._frame.may_return = True
        return "on"  # what stands below may be wrong as well

    def define(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Flow:
        frame = self._frame
        if isinstance(node, ast.FunctionDef) and not node.decorator_list and not yields(node):
            frame.assign(node.name, closure_of(self._expressions, frame, node))
            return "on"
        what = "a function with decorators" if node.decorator_list else "a function that is async or yields"
        message = f"{what} inside a workflow is not supported"
        frame.report(codes.UNSUPPORTED_STATEMENT, message, node, help_=_TASK_HELP)
        frame.assign(node.name, BROKEN)
        return "on"

    def imports(self, node: ast.Import | ast.ImportFrom) -> Flow:
        """An import inside a function: its names mean what they mean at the top of the module."""
        frame = self._frame
        module, resolver = frame.module, frame.services.resolver
        for alias in node.names:
            if isinstance(node, ast.ImportFrom):
                name, home = alias.asname or alias.name, absolute_module(node, module.name, is_package=module.is_package)
                imported = Imported(home, alias.name, node)
            else:
                name = alias.asname or alias.name.partition(".")[0]
                imported = Imported(alias.name if alias.asname else name, "", node)
            entity = resolver.imported(imported, module)
            if isinstance(entity, Unresolved):
                if not entity.reported:
                    message = f"the import of `{name}` fails: {entity.reason}"
                    frame.report(codes.UNRESOLVED_IMPORT, message, alias, help_=entity.help)
                frame.assign(name, BROKEN)
            else:
                frame.assign(name, Named(entity))
        return "on"

    def deletes(self, node: ast.Delete) -> Flow:
        for target in node.targets:
            unbind(self._expressions, self._frame, target)
        return "on"

    def leaves(self, node: ast.Break | ast.Continue) -> Flow:
        return "break" if isinstance(node, ast.Break) else "continue"

    @contextmanager
    def _turning(self, node: ast.For | ast.While) -> Generator[None]:
        """While a loop is read: what is wrong in it is reported once, and what takes too long is the loop."""
        findings, run, inside = self._frame.services.findings, self._frame.run, self._inside
        is_endless = isinstance(node, ast.While) and isinstance(node.test, ast.Constant)
        self._inside = node if is_endless and isinstance(node, ast.While) else None
        findings.repeating += 1
        run.loops.append(self._frame.place(node))
        try:
            yield
        finally:
            run.loops.pop()
            findings.repeating -= 1
            self._inside = inside

    def _uncertain(self, node: ast.stmt, *blocks: list[ast.stmt]) -> Flow:
        """Read what a statement with an unknown condition holds, each part once, for what is wrong in it anyway."""
        frame = self._frame
        frame.run.uncertain += 1
        returned, frame.returned = frame.returned, None
        try:
            for block in blocks:
                self.block(block)
                self._break_names(block)  # the others do not see what this one did
        finally:
            frame.run.uncertain -= 1
            frame.returned = returned
        self._break_names([node])
        return "on"

    def _holds(self, test: ast.expr, node: ast.stmt, at: ast.expr | None = None) -> bool | None:
        """Whether a condition holds; ``None`` after a finding, which is about the statement where a result is in the condition.

        Args:
            test: The condition.
            node: The statement that it decides on.
            at: Where it stands, if not at the head of that.
        """
        run = self._frame.run
        run.decision, before = node, run.decision
        try:
            return truth(self._expressions, self._frame, self._expressions.evaluate(test), at or node)
        finally:
            run.decision = before

    def _said(self, node: ast.expr | None) -> str:
        """What an error says, where that is known."""
        if node is None or self._frame.calls_task(node):
            return ""
        value: list[Value] = []
        found = self._frame.services.findings.held(lambda: value.append(self._expressions.evaluate(node)))
        text = value[0].value if not found and value and isinstance(value[0], Static) else ""
        return f": {text}" if isinstance(text, str) and text else ""

    def _unsupported(self, node: ast.stmt) -> None:
        what, help_ = _UNSUPPORTED.get(type(node), ("this statement", "move it into a task"))
        self._frame.report(codes.UNSUPPORTED_STATEMENT, f"{what} is not supported in a workflow", node, help_=help_)
        self._break_names([node])
        if isinstance(node, ast.Global):
            for name in node.names:
                self._frame.variables[name] = BROKEN

    def _break_names(self, nodes: Iterable[ast.AST]) -> None:
        """Names that an unsupported statement may bind must not cause findings of their own; a return in it counts."""
        for node in nodes:
            for part in ast.walk(node):
                for name in bound_by(part):
                    self._frame.variables[name] = BROKEN
                if isinstance(part, ast.Return):
                    self._frame.may_return = True
                elif isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
                    self._break_changed(part.func.value)
                elif isinstance(part, ast.Subscript) and not isinstance(part.ctx, ast.Load):
                    self._break_changed(part.value)

    def _break_changed(self, node: ast.expr) -> None:
        """What a statement that is not read may change: how many items it has is unknown from there on."""
        while isinstance(node, ast.Subscript | ast.Attribute):
            node = node.value
        value = self._frame.variables.get(node.id) if isinstance(node, ast.Name) else None
        if isinstance(node, ast.Name) and isinstance(value, Static) and isinstance(value.value, list | dict | set):
            self._frame.variables[node.id] = BROKEN

    def _name_calls(self, before: int, target: ast.expr, value: ast.expr) -> None:
        """The outermost call of an assignment bears the variable's name; in ``a, b = f(), g()`` each its own."""
        calls = self._frame.calls[before:]
        if not calls:
            return
        if len(calls) == 1 and isinstance(target, ast.Name):  # nearly always
            calls[0].variable = calls[0].variable or ("" if isinstance(value, _COMPREHENSIONS) else target.id)
            return
        if isinstance(value, _COMPREHENSIONS):
            return  # none of its calls is the outermost
        if len(calls) > 1 and not any(part is calls[-1].node for part in ast.walk(value)):
            return  # a function that is called here makes several
        if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            for part, item in zip(target.elts, value.elts, strict=False):
                inside = {id(node) for node in ast.walk(item)}
                _name_last([call for call in calls if id(call.node) in inside], part)
        else:
            _name_last(calls, target)


def _leaves_loop(node: ast.If) -> bool:
    """Whether a branch may end the loop around it."""
    pending: list[ast.AST] = [*node.body, *node.orelse]
    while pending:
        part = pending.pop()
        if isinstance(part, ast.Break | ast.Return):
            return True
        if not isinstance(part, ast.For | ast.While | ast.FunctionDef):
            pending.extend(ast.iter_child_nodes(part))
    return False


def _name_last(calls: list[Call], target: ast.expr) -> None:
    while isinstance(target, ast.Tuple | ast.List) and target.elts:
        target = target.elts[0]
    if calls and isinstance(target, ast.Name) and not calls[-1].variable:
        calls[-1].variable = target.id


_HANDLERS: dict[type[ast.stmt], Callable[[_Statements, Any], Flow]] = {
    ast.Assign: _Statements.assign,
    ast.AnnAssign: _Statements.annotated,
    ast.AugAssign: _Statements.augmented,
    ast.Expr: _Statements.expression,
    ast.Return: _Statements.returns,
    ast.Pass: _Statements.nothing,
    ast.Nonlocal: _Statements.nothing,
    ast.If: _Statements.branch,
    ast.While: _Statements.repeat,
    ast.For: _Statements.loop,
    ast.Match: _Statements.match,
    ast.Assert: _Statements.check,
    ast.Raise: _Statements.fail,
    ast.FunctionDef: _Statements.define,
    ast.AsyncFunctionDef: _Statements.define,
    ast.Import: _Statements.imports,
    ast.ImportFrom: _Statements.imports,
    ast.Delete: _Statements.deletes,
    ast.Break: _Statements.leaves,
    ast.Continue: _Statements.leaves,
}
