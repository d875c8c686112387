"""``@workflow(on_failure=clean_up)``: what runs once a workflow has failed, held against the inputs of the workflow.

A handler takes the workflow's inputs by their names, and beside them ``err``. It becomes a graph of one call, in a workflow of its own.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright.contract.failures import ERR, FAILURE
from dagwright.contract.types import Type, class_named, union_of
from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend.entities import External, FunctionEntity, Unresolved
from dagwright_compiler.frontend.typing_rules import NO, spell
from dagwright_compiler.frontend.wire_values import Mismatch
from dagwright_compiler.ir.parts import default_of
from dagwright_compiler.ir.program import Binding, Field, GraphNode, InputBinding, TaskNode, Workflow

if TYPE_CHECKING:
    from dagwright_compiler.frontend.findings import Place
    from dagwright_compiler.frontend.frames import Services
    from dagwright_compiler.frontend.options import Option
    from dagwright_compiler.frontend.promises import Callee

NODE = "on-failure"
"""Id of the handler's call; its nodes, where it is a workflow, begin with it."""
_NONE = Type("none")
_FAILURES = frozenset(declared.text for declared in (class_named(FAILURE), union_of([class_named(FAILURE), _NONE])))


def read_handler(workflow: Callee, services: Services) -> Workflow | None:
    """The graph of a workflow's handler; ``None`` where it has none, or after a finding."""
    given = [option for option in workflow.options if option.keyword.arg == "on_failure"]
    if not given or (isinstance(given[-1].keyword.value, ast.Constant) and given[-1].keyword.value.value is None):
        return None
    handler = _callee(given[-1], services)
    return None if handler is None else _Fitting(workflow, handler, given[-1].place, services).graph()


def _callee(option: Option, services: Services) -> Callee | None:
    """The task or workflow that the keyword names."""
    node, findings = option.keyword.value, services.findings
    entity = services.resolver.expression(node, option.module)
    if isinstance(entity, Unresolved):
        if not entity.reported:
            message = f"`{ast.unparse(node)}` is not found: {entity.reason}"
            findings.add(codes.UNRESOLVED_NAME, message, option.place, help=entity.help)
        return None
    if not isinstance(entity, FunctionEntity):
        message = "`on_failure` takes a task or a workflow of the project"
        help_ = "name the task or workflow"
        if isinstance(node, ast.Call):
            mapped = services.resolver.expression(node.func, option.module)
            is_map = isinstance(mapped, External) and mapped.symbol == "map_task"
            help_ = "let a workflow map it, and name that" if is_map else f"{help_} itself: leave the parentheses out"
        findings.add(codes.WRONG_OPTION, message, option.place, help=help_)
        return None
    decoration = services.definitions.decoration(entity)
    if decoration.kind == "function":
        message = f"`on_failure` takes a task or a workflow, and `{entity.node.name}` is a plain function"
        findings.add(codes.WRONG_OPTION, message, option.place, help=f"decorate `{entity.node.name}` with `@task`")
        return None
    return services.definitions.callee(entity)


class _Fitting:
    """Binds the inputs of a handler; what does not fit is found at the keyword."""

    def __init__(self, workflow: Callee, handler: Callee, place: Place, services: Services) -> None:
        self._workflow = workflow
        self._handler = handler
        self._place = place
        self._services = services
        self._fits = True
        self._inputs = list(workflow.interface.inputs)

    def graph(self) -> Workflow | None:
        """The handler's call in a workflow of its own."""
        workflow, handler = self._workflow, self._handler
        for field in workflow.interface.inputs:
            if field.name not in handler.interface.by_name:
                self._refuse(
                    f"it has no input `{field.name}` (`{spell(field.type)}`)",
                    f"add it: `def {handler.node.name}({self._signature()})`",
                )
        bindings: list[tuple[str, Binding]] = []
        for field in handler.interface.inputs:
            binding = self._binding(field)
            if binding is not None:
                bindings.append((field.name, binding))
        if not self._fits:
            return None
        interruptible = workflow.policy.interruptible
        node: TaskNode | GraphNode
        if handler.kind == "task":
            policy = handler.policy.within(interruptible=interruptible)
            own = None if policy == handler.policy else policy
            node = TaskNode(id=NODE, task=handler.name, bindings=tuple(bindings), policy=own)
        else:
            node = GraphNode(id=NODE, workflow=handler.name, bindings=tuple(bindings), interruptible=interruptible)
        return Workflow(name=f"{handler.name}.on_failure", inputs=tuple(self._inputs), outputs=(), returns="none", nodes=(node,))

    def _binding(self, field: Field) -> Binding | None:
        """Where an input of the handler gets its value from; ``None`` where its own default gives it."""
        theirs = self._workflow.interface.by_name.get(field.name)
        if theirs is not None:
            if self._services.rules.assignable(theirs.type, field.type) == NO:
                message = f"its input `{field.name}` is `{spell(field.type)}`, and the workflow's is `{spell(theirs.type)}`"
                self._refuse(message, f"annotate it as `{spell(theirs.type)}`", field.name)
            return InputBinding(name=field.name)
        if field.type.text in _FAILURES:
            if field.name != ERR:
                self._refuse(f"what tells of the failure is its input `{field.name}`", f"name it `{ERR}`", field.name)
            self._inputs.append(Field(name=ERR, type=class_named(FAILURE)))
            return InputBinding(name=ERR)
        if field.has_default:
            return default_of(field)
        if field.deferred:
            return None
        try:
            return self._services.classes.encoder.literal(None, field.type)
        except Mismatch:
            near = did_you_mean(
                field.name, [name for name in self._workflow.interface.by_name if name not in self._handler.interface.by_name]
            )
            help_ = near or f"give it a default, or take `{ERR}: RunFailure` from dagwright to hear of the failure"
            self._refuse(f"the workflow has no input `{field.name}` for it", help_, field.name)
            return None

    def _signature(self) -> str:
        """The inputs that the handler should have: those of the workflow, and whatever it has besides."""
        theirs, own = self._workflow.interface, self._handler.interface.inputs
        return ", ".join(
            [f"{field.name}: {spell(field.type)}" for field in theirs.inputs]
            + [
                f"{field.name}: {spell(field.type)}{' = ...' * field.has_default}"
                for field in own
                if field.name not in theirs.by_name
            ]
        )

    def _refuse(self, why: str, help_: str, parameter: str = "") -> None:
        self._fits = False
        handler = self._handler
        arguments = handler.node.args
        at = next(
            (item for item in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs) if item.arg == parameter), None
        )
        span = handler.module.span(at) if at is not None else handler.module.name_span(handler.node)
        message = f"`{handler.node.name}` cannot handle a failure of `{self._workflow.node.name}`: {why}"
        related = [(span, f"`{handler.node.name}` is defined here" if at is None else "this input")]
        self._services.findings.add(codes.WRONG_OPTION, message, self._place, related=related, help=help_)
