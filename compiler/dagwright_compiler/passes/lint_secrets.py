"""Lint: a constant that looks like a secret travels in the manifest and in the plan, where everybody can read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics.codes import SECRET_IN_SOURCE
from dagwright_compiler.diagnostics.model import Diagnostic
from dagwright_compiler.ir.program import (
    DictBinding,
    GateNode,
    GraphNode,
    InputBinding,
    ListBinding,
    LiteralBinding,
    OutputBinding,
    StructBinding,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from dagwright_compiler.ir.program import Field, Node, Policy, Program
    from dagwright_compiler.passes.context import Context
    from dagwright_compiler.source import Span

_RESULTS = (OutputBinding, InputBinding)
_LEAST = 8
"""No secret is shorter."""
_HELP = "ask for it with `secret_requests=[Secret(...)]` instead, and replace it: whoever reads the source knows it"


def lint_secrets(program: Program, context: Context) -> Program:
    """Warn of constants in arguments, defaults and environments of what a workflow calls."""
    workflow = program.workflow
    _lint_defaults(context, workflow.name, workflow.inputs)
    seen: set[str] = set()
    for node in workflow.nodes:
        _lint_arguments(context, workflow.name, node)
        if isinstance(node, GraphNode | GateNode):
            continue
        task = context.library.tasks[node.task]
        if task.name not in seen:
            seen.add(task.name)
            _lint_defaults(context, task.name, task.inputs)
            if task.policy.environment:
                _lint_environment(context, task.policy, partial(context.spans.definition, task.name, "policy.environment"))
        if node.policy is not None and node.policy.environment:
            _lint_environment(
                context, node.policy, partial(context.spans.policy, workflow.name, node.id, task.name, "environment")
            )
    return program


def _lint_arguments(context: Context, workflow: str, node: Node) -> None:
    for name, binding in node.bindings:
        if isinstance(binding, _RESULTS):  # most are, and graphs are large
            continue
        for value in _constants(binding):
            if not _is_default(context, node, name, value):
                _report(context, name, value, partial(context.spans.node, workflow, node.id, name))


def _is_default(context: Context, node: Node, name: str, value: object) -> bool:
    """Whether a call leaves an input to its default: it stands in the signature, once for all calls."""
    if isinstance(node, GateNode):
        return False
    callee = context.library.workflows[node.workflow] if isinstance(node, GraphNode) else context.library.tasks[node.task]
    return any(field.name == name and field.has_default and field.default == value for field in callee.inputs)


def _lint_defaults(context: Context, owner: str, fields: tuple[Field, ...]) -> None:
    for field in fields:
        if field.has_default:
            _report(context, field.name, field.default, partial(context.spans.definition, owner, field.name))


def _lint_environment(context: Context, policy: Policy, span: Callable[[], Span | None]) -> None:
    for name, text in policy.environment:
        _report(context, name, text, span)


def _constants(binding: object) -> Iterator[object]:
    """Values that are written out in a binding."""
    if isinstance(binding, LiteralBinding):
        yield binding.value
    elif isinstance(binding, ListBinding):
        for item in binding.items:
            yield from _constants(item)
    elif isinstance(binding, DictBinding | StructBinding):
        for _, item in binding.items:
            yield from _constants(item)


def _report(context: Context, name: str, value: object, span: Callable[[], Span | None]) -> None:
    for text in _texts(value):
        from dagwright_compiler.diagnostics.secret_texts import kind_of_secret  # for the files that hold longer texts

        kind = kind_of_secret(text, name)
        if kind:
            context.diagnostics.add(Diagnostic(SECRET_IN_SOURCE, f"the value of `{name}` looks like {kind}", span(), help=_HELP))
            return


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if len(value) >= _LEAST:
            yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
