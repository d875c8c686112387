"""Lets values through approvals: who takes what was approved takes it from where it comes, after the approval.

So an approval is order alone: no target has to carry a value through a place where nothing runs, and cache keys see the value itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from dagwright.contract.paths import NoSuchPart, spell_path
from dagwright_compiler.diagnostics.codes import UNKNOWN_PART
from dagwright_compiler.diagnostics.model import Diagnostic
from dagwright_compiler.ir.parts import map_leaves, part_of
from dagwright_compiler.ir.program import Binding, CallHandler, GateNode, Node, OutputBinding, Program

if TYPE_CHECKING:
    from dagwright_compiler.ir.program import LeafBinding
    from dagwright_compiler.passes.context import Context


def open_gates(program: Program, context: Context) -> Program:
    """Bind consumers of approved values to the values, and let them wait for the approvals."""
    workflow = program.workflow
    if not any(isinstance(node, GateNode) and node.gate == "approve" for node in workflow.nodes):
        return program
    opening = _Opening(program, context)
    nodes = tuple(map(opening.node, workflow.nodes))
    outputs = tuple(replace(output, binding=opening.binding(output.binding, {}, "")) for output in workflow.outputs)
    handlers = (
        program.call_handlers
        if isinstance(program.call_handlers, msgspec.UnsetType)
        else tuple(map(opening.handler, program.call_handlers))
    )
    return replace(program, workflow=replace(workflow, nodes=nodes, outputs=outputs), call_handlers=handlers)


class _Opening:
    """Goes through the nodes in their order, in which every value is made before it is taken."""

    def __init__(self, program: Program, context: Context) -> None:
        self._workflow = program.workflow.name
        self._classes = program.classes
        self._context = context
        self._approved: dict[tuple[str, str], Binding] = {}

    def node(self, node: Node) -> Node:
        """The node with bindings that lead past approvals, which it comes after."""
        gates: dict[str, None] = {}
        bindings = tuple((name, self.binding(binding, gates, node.id)) for name, binding in node.bindings)
        if isinstance(node, GateNode) and node.gate == "approve":
            self._approved.update({(node.id, name): binding for name, binding in bindings})
        if not gates:
            return node
        return replace(node, bindings=bindings, after=tuple(dict.fromkeys((*node.after, *gates))))

    def handler(self, handler: CallHandler) -> CallHandler:
        """What handles a call's failure, with bindings that lead past approvals: it runs when everything is over."""
        (node,) = handler.graph.nodes
        bindings = tuple((name, self.binding(binding, {}, node.id)) for name, binding in node.bindings)
        return replace(handler, graph=replace(handler.graph, nodes=(replace(node, bindings=bindings),)))

    def binding(self, binding: Binding, gates: dict[str, None], node: str) -> Binding:
        """A binding without approved values in it; ``gates`` takes the approvals that were there."""

        def change(leaf: LeafBinding) -> Binding:
            found = self._approved.get((leaf.node, leaf.output)) if isinstance(leaf, OutputBinding) else None
            if found is None or not isinstance(leaf, OutputBinding):
                return leaf
            gates[leaf.node] = None
            try:
                part = part_of(found, leaf.path, self._classes)
            except NoSuchPart as missing:
                message = f"`{spell_path(leaf.path)}` is not there: {missing}"
                self._context.diagnostics.add(Diagnostic(UNKNOWN_PART, message, self._context.spans.node(self._workflow, node)))
                return leaf
            return replace(part, through=(*part.through, *leaf.through)) if leaf.through else part

        return map_leaves(binding, change)
