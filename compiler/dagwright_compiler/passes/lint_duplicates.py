"""Lint: two equal calls of one cached task compute one value; the second is either superfluous or a slip of the pen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright.contract.keys import canonical
from dagwright_compiler.diagnostics.codes import DUPLICATE_CALL
from dagwright_compiler.diagnostics.model import Diagnostic, Label
from dagwright_compiler.ir.codec import node_data
from dagwright_compiler.ir.program import MapNode, Node, Program, TaskNode

if TYPE_CHECKING:
    from dagwright_compiler.passes.context import Context


def lint_duplicates(program: Program, context: Context) -> Program:
    """Warn of a call that repeats an earlier one exactly. Uncached tasks are left alone: each call may have an effect."""
    workflow = program.workflow
    calls: dict[str, list[Node]] = {}
    for node in workflow.nodes:
        if isinstance(node, TaskNode | MapNode) and (node.policy or context.library.tasks[node.task].policy).cache is not None:
            calls.setdefault(node.task, []).append(node)
    for task, nodes in calls.items():
        first: dict[bytes, Node] = {}
        for node in nodes if len(nodes) > 1 else ():
            earlier = first.setdefault(_identity(node), node)
            if earlier is node:
                continue
            first_span, span = (context.spans.node(workflow.name, each.id) for each in (earlier, node))
            is_repeated = first_span == span  # by a loop, or by a function that is called twice
            context.diagnostics.add(
                Diagnostic(
                    DUPLICATE_CALL,
                    f"`{task.rpartition('.')[2]}` is called twice with the same arguments",
                    span,
                    related=(Label(first_span, "the first call"),) if first_span and not is_repeated else (),
                    help="call it once, and use its result each time" if is_repeated else "use the first call's result",
                )
            )
    return program


def _identity(node: Node) -> bytes:
    """Everything that a call computes with: all of the node except its name."""
    data = node_data(node)
    del data["id"]
    return canonical(data)
