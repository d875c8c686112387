"""Validation: a ``failure_policy`` counts for a whole run, so for the workflow that is started; what handles a failure says nothing of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics.codes import UNSUPPORTED_OPTION
from dagwright_compiler.diagnostics.model import Diagnostic
from dagwright_compiler.ir.program import GraphNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_compiler.ir.program import Program, Workflow
    from dagwright_compiler.passes.context import Context


def validate_failures(program: Program, context: Context) -> Program:
    """Report calls of workflows that go on after a failure where the one that is started does not."""
    entry = program.workflow
    started = entry.name.rpartition(".")[2]
    for caller, node, callee in _calls(entry, context):
        if callee.failure_policy is not None and entry.failure_policy is None:
            message = f"`{callee.name.rpartition('.')[2]}` runs on after a failure, and `{started}`, which calls it, does not"
            help_ = f"give `{started}` the same `failure_policy`: one counts for a whole run"
            context.diagnostics.add(Diagnostic(UNSUPPORTED_OPTION, message, context.spans.node(caller, node.id), help=help_))
    return program


def validate_handler(handler: Workflow, handled: str, context: Context) -> None:
    """Report workflows that handle a failure and say themselves what should become of theirs: nobody would hear of that.

    Args:
        handler: The handler's call, in a workflow of its own.
        handled: Name of the workflow whose failure it is.
        context: Of the workflow's passes.
    """
    for caller, node, callee in _calls(handler, context):
        said = "on_failure" if callee.name in context.library.handlers else "failure_policy" if callee.failure_policy else ""
        if said:
            direct = caller == handler.name
            span = context.spans.definition(handled, "on_failure") if direct else context.spans.node(caller, node.id)
            message = f"`{callee.name.rpartition('.')[2]}` has `{said}`, and handles a failure of `{handled.rpartition('.')[2]}`"
            help_ = "what handles a failure has nothing that handles its own: let a workflow without it do so"
            context.diagnostics.add(Diagnostic(UNSUPPORTED_OPTION, message, span, help=help_))


def _calls(entry: Workflow, context: Context) -> Iterator[tuple[str, GraphNode, Workflow]]:
    """Give the calls of workflows in a workflow and in what it calls: the caller's name, the call, and what is called."""
    pending, seen = [entry], {entry.name}
    while pending:
        caller = pending.pop()
        for node in caller.nodes:
            callee = context.library.workflows.get(node.workflow) if isinstance(node, GraphNode) else None
            if callee is None:
                continue
            assert isinstance(node, GraphNode)
            yield caller.name, node, callee
            if callee.name not in seen:
                seen.add(callee.name)
                pending.append(callee)
