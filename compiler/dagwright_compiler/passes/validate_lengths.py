"""Validation: the length of a mapped list must be something that one task or one input tells before the map starts.

On the flat workflow, because a list may come into a subworkflow as a part of something. A part of an input, or of one element of another
map, has a length that no orchestrator can read: inputs may travel by reference, and results of loops are no values to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright.contract.failures import result_of
from dagwright_compiler.diagnostics.codes import WRONG_MAP
from dagwright_compiler.diagnostics.model import Diagnostic
from dagwright_compiler.ir.program import GateNode, InputBinding, MapNode, OutputBinding, Program

if TYPE_CHECKING:
    from dagwright_compiler.ir.program import Binding
    from dagwright_compiler.passes.context import Context


def validate_lengths(program: Program, context: Context) -> Program:
    """Report maps over a part of an input or of a map's result, and over what a person gives."""
    workflow = program.workflow
    maps = {node.id for node in workflow.nodes if isinstance(node, MapNode)}
    given = {node.id for node in workflow.nodes if isinstance(node, GateNode)}
    for node in workflow.nodes:
        if isinstance(node, MapNode):
            bindings = dict(node.bindings)
            asked = next((name for name in node.mapped if _node_of(bindings[name]) in given), None)
            if asked is not None:
                context.diagnostics.add(
                    Diagnostic(
                        WRONG_MAP,
                        f"a map cannot run over what `{_node_of(bindings[asked])}` waits for: how long the list is must be known before the map starts",
                        context.spans.node(workflow.name, node.id, asked),
                        help="give the list to a task that returns it, and map over the task's result",
                    )
                )
                continue
            what = next(("a result of the run that failed" for name in node.mapped if _is_of_failed_run(bindings[name])), "")
            what = what or _unreadable(bindings[node.over], maps)
            if what:
                context.diagnostics.add(
                    Diagnostic(
                        WRONG_MAP,
                        f"a map cannot run over {what}: how long it is must be known before the map starts",
                        context.spans.node(workflow.name, node.id, node.over),
                        help="return the list from a task, and map over the task's result",
                    )
                )
    return program


def _node_of(binding: Binding) -> str:
    return binding.node if isinstance(binding, OutputBinding) else ""


def _is_of_failed_run(binding: Binding) -> bool:
    return isinstance(binding, InputBinding) and result_of(binding.name) is not None


def _unreadable(binding: Binding, maps: set[str]) -> str:
    if isinstance(binding, InputBinding) and binding.path:
        return f"a part of the input `{binding.name}`"
    if isinstance(binding, OutputBinding) and binding.path and binding.node in maps:
        return f"a part of the results of the map `{binding.node}`"
    return ""
