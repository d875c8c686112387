"""The state of one workflow body while it is interpreted, and the services that interpreting needs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.entities import FunctionEntity
from dagwright_compiler.frontend.findings import Findings, Place
from dagwright_compiler.frontend.not_static import NotStatic
from dagwright_compiler.frontend.promises import Broken, Call, Group, Promise, Record, Result, Static, Value, describe_source

if TYPE_CHECKING:
    from dagwright_compiler.diagnostics.model import Code
    from dagwright_compiler.frontend.classes import Classes
    from dagwright_compiler.frontend.decorators import Policies
    from dagwright_compiler.frontend.definitions import Definitions
    from dagwright_compiler.frontend.known_values import StaticValue
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.promises import Callee
    from dagwright_compiler.frontend.resolution import Resolver
    from dagwright_compiler.frontend.static_values import Evaluator
    from dagwright_compiler.frontend.typing_rules import TypingRules


class Services:
    """What all bodies share: resolution, values, types, definitions."""

    __slots__ = ("classes", "definitions", "evaluator", "findings", "policies", "resolver", "rules")

    def __init__(
        self,
        *,
        resolver: Resolver,
        evaluator: Evaluator,
        classes: Classes,
        definitions: Definitions,
        policies: Policies,
        rules: TypingRules,
        findings: Findings,
    ) -> None:
        self.resolver = resolver
        self.evaluator = evaluator
        self.classes = classes
        self.definitions = definitions
        self.policies = policies
        self.rules = rules
        self.findings = findings


class Frame:
    """Variables and calls of one workflow body."""

    __slots__ = ("assigned", "calls", "may_return", "module", "returned", "services", "variables", "workflow")

    def __init__(self, workflow: Callee, services: Services) -> None:
        self.workflow = workflow
        self.module: Module = workflow.module
        self.services = services
        self.variables: dict[str, Value] = {field.name: Promise(field.type, field.name) for field in workflow.interface.inputs}
        self.calls: list[Call] = []
        self.returned: tuple[Value, ast.Return] | None = None
        self.may_return = False
        """A statement that is not supported holds a ``return``: its absence elsewhere is no finding."""
        self.assigned = _assigned_names(workflow.node.body)

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
        related: tuple[tuple[Place, str], ...] = (),
    ) -> Broken:
        """Add a finding and give the value that causes no others."""
        self.services.findings.add(code, message, self.place(node), help=help_, label=label, related=related)
        return Broken()

    def lookup(self, node: ast.Name) -> StaticValue:
        """Static value of a local name, for the evaluator.

        Raises:
            LookupError: The name is no local.
            NotStatic: Its value exists only when the workflow runs.
        """
        value = self.variables.get(node.id)
        if value is None:
            if node.id in self.assigned:
                message, help_ = self.read_too_early(node)
                raise NotStatic(self.place(node), message, help_=help_, code=codes.READ_BEFORE_ASSIGNMENT)
            raise LookupError
        if isinstance(value, Static):
            return value.value
        if isinstance(value, Broken):
            raise NotStatic(self.place(node), "an earlier finding tells why", reported=True)
        raise NotStatic(self.place(node), f"`{node.id}` is {describe_source(value)}, which exists only when the workflow runs")

    @staticmethod
    def read_too_early(node: ast.Name) -> tuple[str, str]:
        """Message and help about a local variable that is read before it is assigned."""
        message = f"`{node.id}` is read before it is assigned: the workflow assigns it further down, so it is a local variable"
        return message, "give the variable another name"

    def calls_task(self, node: ast.AST) -> bool:
        """Whether a task or workflow is called anywhere in an expression."""
        return any(isinstance(part, ast.Call) and self._called_task(part) is not None for part in ast.walk(node))

    def promise_in(self, node: ast.expr) -> Value | None:
        """The first part of an expression whose value exists only when the workflow runs, or is broken already."""
        for part in ast.walk(node):
            if isinstance(part, ast.Name):
                value = self.variables.get(part.id)
                if value is not None and not isinstance(value, Static):
                    return value
            elif isinstance(part, ast.Call):
                found = self._called_task(part)
                if found is not None:
                    return found
        return None

    def _called_task(self, node: ast.Call) -> Value | None:
        if isinstance(node.func, ast.Name) and node.func.id in self.variables:
            return None
        entity = self.services.resolver.expression(node.func, self.module)
        if not isinstance(entity, FunctionEntity):
            return None
        callee = self.services.definitions.callee(entity)
        if callee is None:
            return None
        call = Call("task", callee, node, callee.interface.outputs, {}, {}, [])
        return Result(call)


def contains_broken(value: Value) -> bool:
    """Whether a finding was made about a value or a part of it."""
    parts = value.items if isinstance(value, Group) else value.fields.values() if isinstance(value, Record) else ()
    return isinstance(value, Broken) or any(map(contains_broken, parts))


def _assigned_names(body: list[ast.stmt]) -> frozenset[str]:
    """Names that the body assigns at its top level: Python reads them as locals everywhere in it."""
    names: set[str] = set()
    for statement in body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    names.add(target.id)
                else:
                    names.update(
                        part.id for part in ast.walk(target) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
                    )
        elif isinstance(statement, ast.AnnAssign | ast.AugAssign) and isinstance(statement.target, ast.Name):
            names.add(statement.target.id)
    return frozenset(names)
