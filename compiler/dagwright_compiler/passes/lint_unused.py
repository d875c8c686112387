"""Lint: a call whose outputs nobody uses, and which stands in no order, was probably meant to be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics.codes import UNUSED_RESULT
from dagwright_compiler.diagnostics.model import Diagnostic
from dagwright_compiler.ir.graph import used_outputs
from dagwright_compiler.ir.program import GateNode, GraphNode, Node, Program

if TYPE_CHECKING:
    from dagwright_compiler.passes.context import Context


def lint_unused(program: Program, context: Context) -> Program:
    """Warn of calls with outputs of which none is used; a task without outputs is there for its effect."""
    workflow = program.workflow
    used = {node for node, _ in used_outputs(workflow.nodes, (output.binding for output in workflow.outputs))}
    ordered = {node.id for node in workflow.nodes if node.after}
    ordered.update(before for node in workflow.nodes for before in node.after)
    for node in workflow.nodes:
        if node.id in used or node.id in ordered or not _has_outputs(node, context):
            continue
        name = node.workflow if isinstance(node, GraphNode) else node.gate if isinstance(node, GateNode) else node.task
        context.diagnostics.add(
            Diagnostic(
                UNUSED_RESULT,
                f"the result of `{name.rpartition('.')[2]}` is never used",
                context.spans.node(workflow.name, node.id),
                help="return it, pass it on, or order it with `>>` if only its effect is wanted",
            )
        )
    return program


def _has_outputs(node: Node, context: Context) -> bool:
    if isinstance(node, GateNode):
        return node.gate == "input"  # an approval that nobody waits for may still end the run
    if isinstance(node, GraphNode):
        return bool(context.library.workflows[node.workflow].outputs)
    return bool(context.library.tasks[node.task].outputs)
