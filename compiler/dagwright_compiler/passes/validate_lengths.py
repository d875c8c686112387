"""Validation: the length of a mapped list must be something that one task or one input tells before the map starts.

On the flat workflow, because a list may come into a subworkflow as a part of something. A part of an input, or of one element of another
map, has a length that no orchestrator can read: inputs may travel by reference, and results of loops are no values to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics.codes import WRONG_MAP
from dagwright_compiler.diagnostics.model import Diagnostic
from dagwright_compiler.ir.program import InputBinding, MapNode, OutputBinding, Program

if TYPE_CHECKING:
    from dagwright_compiler.ir.program import Binding
    from dagwright_compiler.passes.context import Context


def validate_lengths(program: Program, context: Context) -> Program:
    """Report maps over a part of an input or of a map's result."""
    workflow = program.workflow
    maps = {node.id for node in workflow.nodes if isinstance(node, MapNode)}
    for node in workflow.nodes:
        if isinstance(node, MapNode):
            what = _unreadable(dict(node.bindings)[node.over], maps)
            if what:
                context.diagnostics.add(
                    Diagnostic(
                        WRONG_MAP,
                        f"a map cannot run over a part of {what}: how long it is must be known before the map starts",
                        context.spans.node(workflow.name, node.id, node.over),
                        help="return the list from a task, and map over the task's result",
                    )
                )
    return program


def _unreadable(binding: Binding, maps: set[str]) -> str:
    if isinstance(binding, InputBinding) and binding.path:
        return f"the input `{binding.name}`"
    if isinstance(binding, OutputBinding) and binding.path and binding.node in maps:
        return f"the results of the map `{binding.node}`"
    return ""
