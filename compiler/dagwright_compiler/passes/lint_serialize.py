"""Says where a task asks for something that no way of running does yet: that of equal calls at the same time one computes.

Checked once the workflow is flat and only what it reaches is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics.codes import NOT_SERIALIZED
from dagwright_compiler.diagnostics.model import Diagnostic

if TYPE_CHECKING:
    from dagwright_compiler.ir.program import Policy, Program
    from dagwright_compiler.passes.context import Context


def lint_serialize(program: Program, context: Context) -> Program:
    """Report every task, and every call that asks for it beyond its task, once."""
    for task in program.tasks.values():
        if _asks(task.policy):
            span = context.spans.definition(task.name, "policy.cache.serialize")
            context.diagnostics.add(Diagnostic(NOT_SERIALIZED, _text(task.function), span, help=_HELP))
    for node in program.workflow.nodes:
        policy: Policy | None = getattr(node, "policy", None)
        task = program.tasks[getattr(node, "task", "")]
        if policy is not None and _asks(policy) and not _asks(task.policy):
            span = context.spans.node(program.workflow.name, node.id, "policy.cache.serialize")
            context.diagnostics.add(Diagnostic(NOT_SERIALIZED, _text(task.function), span, help=_HELP))
    return program


_HELP = "leave it out: the values are the same, and of results that come at the same time the first one counts"


def _asks(policy: Policy) -> bool:
    return policy.cache is not None and policy.cache.serialize


def _text(function: str) -> str:
    return f"equal calls of `{function}` at the same time do not wait for each other yet: `cache_serialize` has no effect"
