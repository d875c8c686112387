"""Tasks and workflows as callees: which functions are decorated, and what a call of each needs to know."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal

import msgspec

from dagwright.contract.signatures import interface_signature
from dagwright.contract.types import NONE
from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend.entities import Constant, Entity, External, FunctionEntity, Made, Unresolved
from dagwright_compiler.frontend.findings import Findings, Place
from dagwright_compiler.frontend.function_kinds import FunctionKinds
from dagwright_compiler.frontend.makers import Maker, Makers, Unreadable
from dagwright_compiler.frontend.names import NOT_YET
from dagwright_compiler.frontend.option_advice import named
from dagwright_compiler.frontend.options import Option, options_of
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
    """What decorators make of a function; ``decorator`` is the one that decides, ``options`` its keywords."""

    kind: Kind
    decorator: ast.expr | None = None
    options: tuple[Option, ...] = ()


_PLAIN = Decoration("function")
_BROKEN = Decoration("broken")


class Definitions:
    """Elaborates signatures and policies of tasks and workflows, each once, on first use."""

    def __init__(
        self,
        *,
        resolver: Resolver,
        interfaces: Interfaces,
        policies: Policies,
        makers: Makers,
        classes: Classes,
        findings: Findings,
        spans: LateSpans,
    ) -> None:
        self._resolver = resolver
        self._makers = makers
        resolver.made = self._made
        self._interfaces = interfaces
        self._policies = policies
        self._classes = classes
        self._findings = findings
        self._spans = spans
        self._kinds = FunctionKinds(findings)
        self._decorations: dict[tuple[int, int], Decoration] = {}
        self._callees: dict[tuple[int, int], Callee] = {}
        self._signatures: dict[Interface, str] = {}
        self._digests: dict[str, str] = {}
        self._shapes: dict[str, tuple[str, tuple[tuple[str, Type], ...], tuple[str, ...]]] = {}
        self._named: dict[str, FunctionEntity] = {}
        self.tasks: dict[str, TaskDef] = {}
        self.workflows: dict[str, Callee] = {}

    def decoration(self, entity: FunctionEntity) -> Decoration:
        """Whether a function is a task, a workflow, or a plain function."""
        if not entity.node.decorator_list and entity.made_by is None:
            return _PLAIN
        key = entity.identity
        found = self._decorations.get(key)
        if found is None:
            found = self._decorations[key] = self._decorate(entity) if entity.made_by is None else self._decorate_made(entity)
        return found

    def callee(self, entity: FunctionEntity) -> Callee | None:
        """The task or workflow that a function is; ``None`` for plain functions and for broken decorators."""
        key = entity.identity
        found = self._callees.get(key)
        if found is not None:
            return found
        decoration = self.decoration(entity)
        if decoration.decorator is None or decoration.kind not in ("task", "workflow"):
            return None
        found = self._callees[key] = self._elaborate(entity, decoration)
        return found

    def is_decorator_of(self, node: FunctionNode, entity: FunctionEntity) -> bool:
        """Whether a function outside module level carries one of our decorators."""
        return any(self._makers.of(decorator, entity.module) is not None for decorator in node.decorator_list)

    def _made(self, constant: Constant) -> FunctionEntity | None:
        """The task or workflow that ``name = task(function)`` makes."""
        call = constant.value
        applied = self._makers.applied(call, constant.module) if isinstance(call, ast.Call) else None
        function = self._resolver.expression(applied[1], constant.module) if applied is not None else None
        if not isinstance(call, ast.Call) or not isinstance(function, FunctionEntity) or function.made_by is not None:
            return None
        return FunctionEntity(function.module, function.node, Made(constant.module, call))

    def _decorate(self, entity: FunctionEntity) -> Decoration:
        node, module = entity.node, entity.module
        for position, decorator in enumerate(node.decorator_list):
            found = self._resolver.expression(_called(decorator), module)
            if isinstance(found, Unresolved):
                if not found.reported:
                    message = f"the decorator `{ast.unparse(_called(decorator))}` is not found: {found.reason}"
                    self._findings.add(
                        codes.UNRESOLVED_NAME,
                        message,
                        Place(module, _called(decorator)),
                        help=found.help or did_you_mean(ast.unparse(decorator), ("task", "workflow")),
                    )
                return _BROKEN
            symbol = self._symbol(found)
            if symbol in NOT_YET:
                self._findings.add(
                    codes.NOT_SUPPORTED_YET, f"`@{symbol}` is not supported yet", Place(module, decorator), help=NOT_YET[symbol]
                )
                return _BROKEN
            if symbol in ("task", "workflow"):
                options: tuple[Option, ...] = ()
                if isinstance(decorator, ast.Call):
                    options = options_of(decorator.keywords, module)
                    self._refuse_positional(symbol, decorator, module)
                return self._checked(entity, "task" if symbol == "task" else "workflow", decorator, position, options)
            maker = self._makers.of(decorator, module)
            if isinstance(maker, Maker):
                maker = self._makers.finished(maker, decorator, module) if maker.takes != "function" else maker
            if isinstance(maker, Unreadable):
                return self._unreadable(maker, Place(module, decorator))
            if maker is not None:
                return self._checked(entity, maker.kind, decorator, position, maker.options)
        return _PLAIN

    def _decorate_made(self, entity: FunctionEntity) -> Decoration:
        """What ``task(function, ...)`` at module level makes of the function."""
        made, node = entity.made_by, entity.node
        assert made is not None
        applied = self._makers.applied(made.call, made.module)
        assert applied is not None
        maker = applied[0]
        if isinstance(maker, Unreadable):
            return self._unreadable(maker, Place(made.module, made.call))
        inner = self.decoration(FunctionEntity(entity.module, node))
        if inner.kind != "function":
            if inner.kind != "broken":
                message = f"`{node.name}` is a {inner.kind} already"
                self._findings.add(
                    codes.WRONG_FUNCTION, message, Place(made.module, applied[1]), help=f"call `{node.name}` itself"
                )
            return _BROKEN
        if self._kinds.refuse(node, entity.module, maker.kind, is_bare=not node.decorator_list):
            return _BROKEN
        return Decoration(maker.kind, made.call, maker.options)

    def _unreadable(self, found: Unreadable, use: Place) -> Decoration:
        if found.code is codes.UNREADABLE_DECORATOR:  # the function is as it is: every use of it is wrong
            related = [(found.place, "it is defined here")]
            self._findings.add(found.code, found.message, use, related=related, help=found.help)
        else:
            self._findings.add(found.code, found.message, found.place, help=found.help)
        return _BROKEN

    def _refuse_positional(self, symbol: str, decorator: ast.Call, module: Module) -> None:
        if decorator.args:
            message, first = f"`@{symbol}` takes keywords only", decorator.args[0]
            help_ = named(first) if symbol == "task" else ""
            self._findings.add(codes.UNKNOWN_OPTION, message, Place(module, first), help=help_)

    def _checked(
        self,
        entity: FunctionEntity,
        kind: Literal["task", "workflow"],
        decorator: ast.expr,
        position: int,
        options: tuple[Option, ...],
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
            return _BROKEN
        second = next(
            (other for other in node.decorator_list[position + 1 :] if self._makers.of(other, module) is not None), None
        )
        if second is not None:
            message = f"`{node.name}` is made a task twice"
            self._findings.add(codes.WRONG_FUNCTION, message, Place(module, second), help="leave one of the decorators out")
            return _BROKEN
        if self._kinds.refuse(node, module, kind, is_bare=decorator is node.decorator_list[-1]):
            return _BROKEN
        return Decoration(kind, decorator, options)

    def _elaborate(self, entity: FunctionEntity, decoration: Decoration) -> Callee:
        node, module = entity.node, entity.module
        kind: Literal["task", "workflow"] = "task" if decoration.kind == "task" else "workflow"
        interface = self._interfaces.read(node, module, is_workflow=kind == "workflow")
        policy, runs_on = Policy(), False
        if kind == "workflow":
            policy, runs_on = self._policies.of_workflow(decoration.options) if decoration.options else (policy, runs_on)
        elif decoration.options:
            assert decoration.decorator is not None
            policy = self._policies.read(decoration.decorator, decoration.options, entity)
            if policy.cache is not None and policy.cache.ignore:
                self._check_ignored(policy.cache.ignore, interface, decoration.options)
        callee = Callee(kind, entity.qualified, module, node, interface, policy, decoration.options, runs_on=runs_on)
        self._check_name(entity, callee)
        self._spans.add_callee(callee)
        if kind == "task":
            self.tasks[callee.name] = self._task(callee)
        else:
            self.workflows[callee.name] = callee
        return callee

    def _check_name(self, entity: FunctionEntity, callee: Callee) -> None:
        """Report a second task of one name: both would keep their results in one place."""
        earlier = self._named.setdefault(callee.name, entity)
        if earlier.identity == entity.identity:
            return
        if earlier.module is not entity.module and earlier.module.name == entity.module.name:
            return  # every name of the two files is the same, which is told once, of the files
        message = f"`{callee.node.name}` is made a {callee.kind} of this name twice"
        first, second = (
            (Place(found.made_by.module, found.made_by.call) if found.made_by else Place(found.module, found.node))
            for found in (earlier, entity)
        )
        help_ = "call one of them everywhere, with `with_overrides` where it runs in another way"
        self._findings.add(codes.REDEFINED, message, second, related=[(first, "the first one")], help=help_)

    def _check_ignored(self, ignored: tuple[str, ...], interface: Interface, options: tuple[Option, ...]) -> None:
        for name in ignored:
            if name not in interface.by_name:
                place = self._policies.places(options).get("cache.ignore")
                help_ = did_you_mean(name, interface.by_name) or f"its inputs are {', '.join(interface.by_name)}"
                self._findings.add(
                    codes.INCONSISTENT_CACHE,
                    f"the cache is to ignore the input `{name}`, which the task does not have",
                    place,
                    help=help_ if interface.by_name else "leave it out: the task has no inputs",
                )

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
            has_hashes=interface.has_hashes,
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
