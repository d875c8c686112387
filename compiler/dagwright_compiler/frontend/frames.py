"""The state of one workflow body while it is read, with those of the functions that it calls, and the services that reading needs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NoReturn

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.assignment_circles import circle
from dagwright_compiler.frontend.entities import FunctionEntity, Unresolved
from dagwright_compiler.frontend.findings import Findings, Place
from dagwright_compiler.frontend.local_names import assigned_names
from dagwright_compiler.frontend.not_static import NotStatic
from dagwright_compiler.frontend.promises import Broken, Call, Group, Named, Promise, Record, Static, Value, describe_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from dagwright_compiler.diagnostics.model import Code
    from dagwright_compiler.frontend.annotations import Annotations
    from dagwright_compiler.frontend.classes import Classes
    from dagwright_compiler.frontend.decorators import Policies
    from dagwright_compiler.frontend.definitions import Definitions
    from dagwright_compiler.frontend.entities import Entity
    from dagwright_compiler.frontend.known_values import StaticValue
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.promises import Callee
    from dagwright_compiler.frontend.resolution import Resolver
    from dagwright_compiler.frontend.static_values import Evaluator
    from dagwright_compiler.frontend.typing_rules import TypingRules
    from dagwright_compiler.source import Span


class Services:
    """What all bodies share: resolution, values, types, definitions."""

    __slots__ = ("annotations", "classes", "definitions", "evaluator", "findings", "policies", "resolver", "rules")

    def __init__(
        self,
        *,
        resolver: Resolver,
        annotations: Annotations,
        evaluator: Evaluator,
        classes: Classes,
        definitions: Definitions,
        policies: Policies,
        rules: TypingRules,
        findings: Findings,
    ) -> None:
        self.resolver = resolver
        self.annotations = annotations
        self.evaluator = evaluator
        self.classes = classes
        self.definitions = definitions
        self.policies = policies
        self.rules = rules
        self.findings = findings


_MOST_STEPS = 200_000
"""Statements, expressions and turns that reading the loops and functions of one body may take: one or two seconds."""
STEPS_ALLOWED = 20
"""What each statement of the workflow itself adds to that: a long body may do more than a short one."""
STEPS_OF_CALL = 4
"""What a call of a task or function costs, in steps."""
_MOST_CALLS = 100_000


class Exhausted(Exception):  # noqa: N818 - not an error: a finding tells why reading a body ended
    """Reading a body took too long, or it makes too many calls; a finding was made."""


class Run:
    """What the frames of one workflow share: its calls, and how much work reading it took."""

    __slots__ = ("broken", "calls", "decision", "depth", "execute", "lent", "loops", "steps", "uncertain")

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.steps = 0
        self.broken = False
        """Whether a call took something that a finding tells about: there must be one."""
        self.decision: ast.stmt | None = None
        """The statement whose condition is being read: it, not an operator in it, is what needs a value."""
        self.loops: list[Place] = []
        """The loops that are being read, from the outermost."""
        self.uncertain = 0
        """How many statements around what is being read have a condition that only a run knows."""
        self.depth = 0
        """How many functions are being read, one called by the other."""
        self.lent: dict[int, tuple[object, str]] = {}
        """Lists and dicts that something else holds by now, by identity, with what that is."""
        self.execute: Callable[[Frame, list[ast.stmt]], Value | None] = _no_statements
        """Reads the statements of a function in its frame and gives what it returns; set by ``bodies``."""


class Frame:
    """Variables of one workflow body, of a function that it calls, or of a comprehension in one of them."""

    __slots__ = (
        "assigned",
        "calls",
        "is_comprehension",
        "may_return",
        "module",
        "outer",
        "returned",
        "run",
        "services",
        "variables",
        "workflow",
    )

    def __init__(self, workflow: Callee, services: Services) -> None:
        self.workflow = workflow
        self.module: Module = workflow.module
        self.services = services
        self.run = Run()
        self.outer: Frame | None = None
        """What names lead to that are not found here: the function around this one, or around a comprehension."""
        self.variables: dict[str, Value] = {field.name: Promise(field.type, field.name) for field in workflow.interface.inputs}
        self.calls = self.run.calls
        self.returned: tuple[Value, ast.Return] | None = None
        self.may_return = False
        """A statement that is not supported holds a ``return``: its absence elsewhere is no finding."""
        self.assigned = assigned_names(workflow.node.body)
        self.is_comprehension = False

    def inner(self, variables: dict[str, Value], assigned: frozenset[str], *, is_comprehension: bool = False) -> Frame:
        """A comprehension, or a function that is defined in this body."""
        made = self.beside(self.module)
        made.outer, made.variables, made.assigned, made.is_comprehension = self, variables, assigned, is_comprehension
        return made

    def beside(self, module: Module) -> Frame:
        """An empty body of a module that makes its calls in the same workflow."""
        made = Frame.__new__(Frame)
        made.workflow, made.services, made.run, made.calls = self.workflow, self.services, self.run, self.calls
        made.module, made.outer, made.variables, made.assigned = module, None, {}, frozenset()
        made.returned, made.may_return, made.is_comprehension = None, False, False
        return made

    @property
    def function(self) -> Frame:
        """The function's own frame: of a comprehension, that of the function around it, which its ``:=`` assign to."""
        frame = self
        while frame.is_comprehension and frame.outer is not None:
            frame = frame.outer
        return frame

    def assign(self, name: str, value: Value) -> None:
        """Let a variable hold a value: one of this body, else (``nonlocal``) of the function around it that has one of this name."""
        frame = self
        while name not in frame.assigned and frame.outer is not None and frame.outer.is_local(name):
            frame = frame.outer
        frame.variables[name] = value

    def place(self, node: ast.AST) -> Place:
        """Where a node of this body stands."""
        return Place(self.module, node)

    def report(
        self,
        code: Code,
        message: str,
        node: ast.AST,
        *,
        help_: str = "",
        label: str = "",
        related: tuple[tuple[Place | Span | None, str], ...] = (),
    ) -> Broken:
        """Add a finding and give the value that causes no others."""
        self.services.findings.add(code, message, self.place(node), help=help_, label=label, related=related)
        return Broken()

    def step(self, node: ast.AST, count: int = 1) -> None:
        """Count a statement, an expression or a turn of a loop or function; what is read once is as long as its text, and not counted.

        Raises:
            Exhausted: There were too many.
        """
        self.run.steps += count
        if self.run.steps > _MOST_STEPS:
            message = "this loop" if self.run.loops else f"reading `{self.workflow.node.name}`"
            self._exhausted(f"{message} takes too many steps", node, "loop in a task, or map a task over a list")

    def add_call(self, call: Call) -> None:
        """Add a call to the workflow.

        Raises:
            Exhausted: There are too many.
        """
        call.module = self.module
        self.calls.append(call)
        if self.services.findings.repeating:
            self.step(call.node, STEPS_OF_CALL)
        if len(self.calls) > _MOST_CALLS:
            message = f"`{self.workflow.node.name}` makes more than {_MOST_CALLS} calls"
            self._exhausted(message, call.node, "map a task over a list")

    def _exhausted(self, message: str, node: ast.AST, help_: str) -> NoReturn:
        """Report what took too long: the innermost ``while``, which may never end, else the outermost loop, else what was read last."""
        loops = self.run.loops
        endless = [loop for loop in loops if isinstance(loop.node, ast.While)]
        at = endless[-1] if endless else loops[0] if loops else self.place(node)
        self.services.findings.add(codes.STATIC_BUDGET, message, at, help=help_)
        raise Exhausted

    def find(self, name: str) -> Value | None:
        """What a local name holds, here or in a body around this one; ``None`` when it holds nothing."""
        value = self.variables.get(name)
        if value is not None:
            return value
        frame = self
        while name not in frame.assigned and frame.outer is not None:
            frame = frame.outer
            value = frame.variables.get(name)
            if value is not None:
                return value
        return None

    def is_local(self, name: str) -> bool:
        """Whether a name is a variable, here or in a body around this one; it may hold nothing yet."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.variables or name in frame.assigned:
                return True
            frame = frame.outer
        return False

    def entity(self, node: ast.expr) -> Entity | None:
        """What a name or dotted name stands for that is no local value: by an import of this body, or in its module."""
        root, path = node, []
        while isinstance(root, ast.Attribute):
            path.append(root.attr)
            root = root.value
        if not isinstance(root, ast.Name) or not self.is_local(root.id):
            return self.services.resolver.expression(node, self.module)
        value = self.find(root.id)
        found = value.entity if isinstance(value, Named) else None
        for name in reversed(path):
            found = self.services.resolver.attribute(found, name) if found is not None else None
        return found

    def lookup(self, node: ast.Name) -> StaticValue:
        """Static value of a local name, for the evaluator.

        Raises:
            LookupError: The name is no local.
            NotStatic: Its value exists only when the workflow runs.
        """
        value = self.find(node.id)
        if value is None:
            if self.is_local(node.id):
                message, help_ = self.read_too_early(node)
                raise NotStatic(self.place(node), message, help_=help_, code=codes.READ_BEFORE_ASSIGNMENT)
            raise LookupError
        if isinstance(value, Static):
            return value.value
        if isinstance(value, Broken):
            raise NotStatic(self.place(node), "an earlier finding tells why", reported=True)
        if isinstance(value, Named):
            return self.services.evaluator.value_of(value.entity, node, self.module)
        raise NotStatic(self.place(node), f"`{node.id}` is {describe_source(value)}, which exists only when the workflow runs")

    def read_too_early(self, node: ast.Name) -> tuple[str, str]:
        """Message and help about a local variable that is read while it holds nothing."""
        found = circle(self.workflow.node.body, node) if self.module is self.workflow.module else ()
        if found:
            way = " -> ".join(f"`{name}`" for name in reversed(found))
            message = f"`{node.id}` is read before it is assigned: calls would wait for each other in a circle: {way}"
            return message, "make one of them without the other"
        message = (
            f"`{node.id}` is read before it is assigned: it is assigned elsewhere in this function, so it is a local variable"
        )
        hides = not isinstance(self.services.resolver.name(node.id, self.module), Unresolved)
        return message, "give the variable another name" if hides else "assign it before"

    def calls_task(self, node: ast.AST) -> bool:
        """Whether a task, a workflow or a plain function of the project is called anywhere in an expression."""
        return any(isinstance(part, ast.Call) and isinstance(self.entity(part.func), FunctionEntity) for part in ast.walk(node))


def _no_statements(_frame: Frame, _body: list[ast.stmt]) -> Value | None:
    raise NotImplementedError  # pragma: no cover - ``bodies`` sets it before anything is read


def contains_broken(value: Value) -> bool:
    """Whether a finding was made about a value or a part of it."""
    parts = value.items if isinstance(value, Group) else value.fields.values() if isinstance(value, Record) else ()
    return isinstance(value, Broken) or any(map(contains_broken, parts))
