"""Tasks and workflows as callees: which functions are decorated, and what a call of each needs to know."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal

import msgspec

from dagwright.contract.signatures import interface_signature
from dagwright.contract.types import NONE
from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend.entities import Entity, External, FunctionEntity, Unresolved
from dagwright_compiler.frontend.findings import Findings, Place
from dagwright_compiler.frontend.function_kinds import FunctionKinds
from dagwright_compiler.frontend.names import NOT_YET
from dagwright_compiler.frontend.promises import Callee
from dagwright_compiler.ir.program import Policy, TaskDef

if TYPE_CHECKING:
    from dagwright.contract.types import Type
    from dagwright_compiler.frontend.classes import Classes
    from dagwright_compiler.frontend.decorators import Policies
    from dagwright_compiler.frontend.interfaces import Interface, Interfaces
    from dagwright_compiler.frontend.late_spans import LateSpans
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.resolution import Resolver
    from dagwright_compiler.frontend.summary import FunctionNode

Kind = Literal["task", "workflow", "function", "broken"]


class Decoration(msgspec.Struct, frozen=True, eq=False):
    """What decorators make of a function; ``decorator`` is the one that decides."""

    kind: Kind
    decorator: ast.expr | None = None


_PLAIN = Decoration("function")


class Definitions:
    """Elaborates signatures and policies of tasks and workflows, each once, on first use."""

    def __init__(
        self,
        *,
        resolver: Resolver,
        interfaces: Interfaces,
        policies: Policies,
        classes: Classes,
        findings: Findings,
        spans: LateSpans,
    ) -> None:
        self._resolver = resolver
        self._interfaces = interfaces
        self._policies = policies
        self._classes = classes
        self._findings = findings
        self._spans = spans
        self._kinds = FunctionKinds(findings)
        self._decorations: dict[int, Decoration] = {}
        self._callees: dict[int, Callee] = {}
        self._signatures: dict[Interface, str] = {}
        self._digests: dict[str, str] = {}
        self._shapes: dict[str, tuple[str, tuple[tuple[str, Type], ...], tuple[str, ...]]] = {}
        self.tasks: dict[str, TaskDef] = {}
        self.workflows: dict[str, Callee] = {}

    def decoration(self, entity: FunctionEntity) -> Decoration:
        """Whether a function is a task, a workflow, or a plain function."""
        node = entity.node
        if not node.decorator_list:
            return _PLAIN
        found = self._decorations.get(id(node))
        if found is None:
            found = self._decorations[id(node)] = self._decorate(entity)
        return found

    def callee(self, entity: FunctionEntity) -> Callee | None:
        """The task or workflow that a function is; ``None`` for plain functions and for broken decorators."""
        found = self._callees.get(id(entity.node))
        if found is not None:
            return found
        decoration = self.decoration(entity)
        if decoration.decorator is None or decoration.kind not in ("task", "workflow"):
            return None
        found = self._elaborate(entity, "task" if decoration.kind == "task" else "workflow", decoration.decorator)
        self._callees[id(entity.node)] = found
        return found

    def is_decorator_of(self, node: FunctionNode, entity: FunctionEntity) -> bool:
        """Whether a function outside module level carries one of our decorators."""
        symbols = {
            self._symbol(self._resolver.expression(_called(decorator), entity.module)) for decorator in node.decorator_list
        }
        return bool(symbols & {"task", "workflow"})

    def _decorate(self, entity: FunctionEntity) -> Decoration:
        node, module = entity.node, entity.module
        for position, decorator in enumerate(node.decorator_list):
            found = self._resolver.expression(_called(decorator), module)
            if isinstance(found, Unresolved):
                if not found.reported:
                    message = f"the decorator `{ast.unparse(_called(decorator))}` cannot be resolved: {found.reason}"
                    self._findings.add(
                        codes.UNRESOLVED_NAME,
                        message,
                        Place(module, _called(decorator)),
                        help=found.help or did_you_mean(ast.unparse(decorator), ("task", "workflow")),
                    )
                return Decoration("broken")
            symbol = self._symbol(found)
            if symbol in NOT_YET:
                self._findings.add(
                    codes.NOT_SUPPORTED_YET, f"`@{symbol}` is not supported yet", Place(module, decorator), help=NOT_YET[symbol]
                )
                return Decoration("broken")
            if symbol == "task":
                return self._checked(entity, "task", decorator, position)
            if symbol == "workflow":
                return self._checked(entity, "workflow", decorator, position)
        return _PLAIN

    def _checked(
        self, entity: FunctionEntity, kind: Literal["task", "workflow"], decorator: ast.expr, position: int
    ) -> Decoration:
        """Refuse what would keep the decorated function from being called by its name."""
        node, module = entity.node, entity.module
        others = node.decorator_list if kind == "workflow" else node.decorator_list[:position]
        wrong = next((other for other in others if other is not decorator), None)
        if wrong is not None:
            text = ast.unparse(_called(wrong))
            message = (
                f"`@{text}` stands above `@task` and would hide the task"
                if kind == "task"
                else f"a workflow cannot carry `@{text}`: its body is compiled, not called"
            )
            help_ = f"write `@task` above `@{text}`" if kind == "task" else "remove it"
            self._findings.add(codes.MISPLACED_DEFINITION, message, Place(module, wrong), help=help_)
            return Decoration("broken")
        if self._kinds.refuse(node, module, kind, is_bare=decorator is node.decorator_list[-1]):
            return Decoration("broken")
        if isinstance(decorator, ast.Call) and decorator.args:
            message = f"`@{kind}` takes keywords only"
            self._findings.add(
                codes.UNKNOWN_OPTION, message, Place(module, decorator.args[0]), help="name the value: `retries=3`"
            )
        return Decoration(kind, decorator)

    def _elaborate(self, entity: FunctionEntity, kind: Literal["task", "workflow"], decorator: ast.expr) -> Callee:
        node, module = entity.node, entity.module
        interface = self._interfaces.read(node, module, is_workflow=kind == "workflow")
        keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
        policy = Policy()
        if kind == "workflow":
            self._policies.refuse(keywords, module, "@workflow", frozenset())
        elif keywords:
            policy = self._policies.read(decorator, keywords, module)
            if policy.cache is not None and policy.cache.ignore:
                self._check_ignored(policy.cache.ignore, interface, keywords, module)
        callee = Callee(kind, entity.qualified, module, node, interface, policy, decorator)
        self._spans.add_callee(callee)
        if kind == "task":
            self.tasks[callee.name] = self._task(callee)
        else:
            self.workflows[callee.name] = callee
        return callee

    def _check_ignored(self, ignored: tuple[str, ...], interface: Interface, keywords: list[ast.keyword], module: Module) -> None:
        for name in ignored:
            if name not in interface.by_name:
                message = f"the ignored input `{name}` is no input of the task"
                place = self._policies.places(keywords, module).get("cache.ignore")
                self._findings.add(codes.INCONSISTENT_CACHE, message, place, help=did_you_mean(name, interface.by_name))

    def _task(self, callee: Callee) -> TaskDef:
        interface = callee.interface
        return TaskDef(
            name=callee.name,
            module=callee.module.name,
            function=callee.node.name,
            inputs=interface.inputs,
            outputs=interface.outputs,
            returns=interface.returns,
            signature=self._signature(interface),
            policy=callee.policy,
        )

    def _signature(self, interface: Interface) -> str:
        """Digest of an interface; equal interfaces share the work, and most functions of a module have one in common."""
        found = self._signatures.get(interface)
        if found is None:
            found = self._signatures[interface] = self._digest(interface)
        return found

    def _digest(self, interface: Interface) -> str:
        inputs = tuple((field.name, field.type) for field in interface.inputs)
        outputs = tuple((field.name, field.type) for field in interface.outputs)
        key = "\n".join(f"{name}:{declared.text}" for name, declared in (*inputs, (">", NONE), *outputs))
        found = self._digests.get(key)
        if found is None:
            if "class[" in key:
                self._collect_shapes()
            found = self._digests[key] = interface_signature(inputs, outputs, self._shapes)
        return found

    def _collect_shapes(self) -> None:
        self._classes.definition("")  # reads what is still pending
        for name, definition in self._classes.definitions.items():
            if name not in self._shapes:
                fields = tuple((field.name, field.type) for field in definition.fields)
                self._shapes[name] = (definition.kind, fields, definition.members)

    @staticmethod
    def _symbol(entity: Entity | None) -> str:
        return entity.symbol if isinstance(entity, External) else ""


def _called(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator
