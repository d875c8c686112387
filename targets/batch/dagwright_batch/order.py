"""Which jobs a job waits for: the direct predecessors, without those that another one implies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics.model import InternalError
from dagwright_compiler.ir.graph import predecessors

if TYPE_CHECKING:
    from collections.abc import Collection

    from dagwright_compiler.ir.program import Workflow


def waits(workflow: Workflow, elementwise: Collection[tuple[str, str]] = ()) -> dict[str, tuple[str, ...]]:
    """Order nodes and reduce their edges.

    Args:
        workflow: A flat workflow.
        elementwise: Edges (node, earlier) on which an element waits for one element only: they imply nothing for the node's
            other edges.

    Returns:
        Node id -> the nodes whose end it waits for, in source order. Keys are in topological order, ties in source order.
    """
    place = {node.id: position for position, node in enumerate(workflow.nodes)}
    direct = {node.id: sorted(predecessors(node), key=place.__getitem__) for node in workflow.nodes}
    order = _topological(direct)
    bit = {node: 1 << position for position, node in enumerate(order)}
    reach: dict[str, int] = {}  # everything that must end before a node, as bits
    reduced: dict[str, tuple[str, ...]] = {}
    for node in order:
        implied = 0
        for earlier in direct[node]:
            if (node, earlier) not in elementwise:
                implied |= reach[earlier]
        reduced[node] = tuple(earlier for earlier in direct[node] if not implied & bit[earlier])
        for earlier in direct[node]:
            implied |= bit[earlier] | reach[earlier]
        reach[node] = implied
    return reduced


def _topological(direct: dict[str, list[str]]) -> list[str]:
    """Visit in source order, predecessors first; a stack of our own, for chains longer than Python's."""
    done: dict[str, None] = {}
    for start in direct:
        stack = [start]
        while stack:
            node = stack[-1]
            missing = [earlier for earlier in direct[node] if earlier not in done]
            if node in done or not missing:
                done[stack.pop()] = None
            elif len(stack) > len(direct):
                raise InternalError("the workflow's order has a cycle")
            else:
                stack.extend(reversed(missing))
    return list(done)
