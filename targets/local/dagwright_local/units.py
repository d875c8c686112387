"""Lowering to this machine: one unit a node, whose control outputs say how many elements a map over its lists has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from dagwright_compiler.ir.lengths import published_lengths
from dagwright_compiler.ir.program import GateNode, Unit

if TYPE_CHECKING:
    from dagwright_compiler.ir.program import Program


def lower(program: Program) -> dict[str, Unit]:
    """Give the units of a program."""
    lengths = published_lengths(program, of_all=True)
    units = {
        node.id: Unit(
            id=node.id,
            node=node.id,
            publish=tuple(msgspec.structs.replace(length, counts="elements") for length in lengths.get(node.id, {}).values()),
        )
        for node in program.workflow.nodes
        if not isinstance(node, GateNode)
    }
    for handler in program.handlers:
        units.update(lower(handler))
    return units
