"""Lowering to this machine: one unit a node, whose control outputs say how many elements a map over its lists has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright.contract.names import count_parameter
from dagwright_compiler.ir.program import MapNode, OutputBinding, Publish, TaskNode, Unit

if TYPE_CHECKING:
    from dagwright_compiler.ir.program import Program


def lower(program: Program) -> dict[str, Unit]:
    """Give the units of a program."""
    counted: dict[str, list[str]] = {}
    for node in program.workflow.nodes:
        if isinstance(node, MapNode):
            source = dict(node.bindings)[node.over]
            if isinstance(source, OutputBinding) and source.output not in counted.setdefault(source.node, []):
                counted[source.node].append(source.output)
    return {
        node.id: Unit(
            id=node.id,
            node=node.id,
            publish=tuple(
                Publish(output=output, parameter=count_parameter(output))
                for output in counted.get(node.id, ())
                if isinstance(node, TaskNode)
            ),
        )
        for node in program.workflow.nodes
    }
