"""The order of nodes: every node after those whose values it takes and those that it was told to follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright.execution.plan_view import ProgramView


def needs(program: ProgramView) -> dict[str, set[str]]:
    """Give the nodes that each node waits for, in the plan's order."""
    return {node_id: program.predecessors(node_id) for node_id in program.node_ids}


def in_order(waits: Mapping[str, set[str]]) -> list[str]:
    """Sort nodes so that each comes after those it waits for; the given order stands wherever it may.

    The compiler has refused cycles.
    """
    place = {node_id: number for number, node_id in enumerate(waits)}
    done: dict[str, None] = {}
    for start in waits:
        stack = [start]
        while stack:
            node_id = stack[-1]
            missing = () if node_id in done else sorted(waits[node_id] - done.keys(), key=place.__getitem__, reverse=True)
            if missing:
                stack.extend(missing)
            else:
                done[node_id] = None
                stack.pop()
    return list(done)
