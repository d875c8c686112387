"""Validation: calls of workflows must end, and must not multiply beyond what anyone could run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics.codes import TOO_MANY_NODES, WORKFLOW_RECURSION
from dagwright_compiler.diagnostics.model import Diagnostic, Label
from dagwright_compiler.ir.program import GraphNode, Program
from dagwright_compiler.passes.call_order import Step, call_order

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dagwright_compiler.ir.program import Workflow
    from dagwright_compiler.passes.context import Context

MOST_NODES = 100_000
"""Nodes of one flat workflow. Ten workflows that each call the next one ten times would otherwise exhaust the machine."""


def validate_calls(program: Program, context: Context) -> Program:
    """Report recursion, and a workflow that grows too large when the workflows that it calls are put in place."""
    order = call_order(program.workflow, context.library)
    if order.circle:
        context.diagnostics.add(_recursion(order.circle, context))
    else:
        _check_size(order.workflows, context)
    return program


def _recursion(circle: list[Step], context: Context) -> Diagnostic:
    labels = []
    for step in circle:
        span = context.spans.node(step.caller, step.node)
        if span:
            labels.append(Label(span, f"`{_short(step.caller)}` calls `{_short(step.callee)}`"))
    way = " -> ".join(f"`{_short(name)}`" for name in [*(step.caller for step in circle), circle[0].caller])
    return Diagnostic(
        WORKFLOW_RECURSION,
        f"a workflow calls itself: {way}",
        labels[-1].span if labels else None,
        labels[-1].text if labels else "",
        tuple(labels[:-1]),
        ("a workflow is laid out before it runs, so its calls must end",),
        "loop inside a task, or map a task over a list",
    )


def _check_size(workflows: Iterable[Workflow], context: Context) -> None:
    """Count flat nodes before any is made; the innermost workflow that is too large is the one to change."""
    sizes: dict[str, int] = {}
    for workflow in workflows:
        size = sum(sizes[node.workflow] if isinstance(node, GraphNode) else 1 for node in workflow.nodes)
        if size > MOST_NODES:
            message = f"`{_short(workflow.name)}` has {size} calls with the workflows that it calls put in place; {MOST_NODES} is the most"
            help_text = "map a task over a list instead of calling workflows many times"
            context.diagnostics.add(Diagnostic(TOO_MANY_NODES, message, context.spans.definition(workflow.name), help=help_text))
            return
        sizes[workflow.name] = size


def _short(name: str) -> str:
    return name.rpartition(".")[2]
