"""Calls of workflows that have an ``on_failure``: what handles their failures follows them to where they are put in place.

A handler's call is bound to what the call of its workflow is bound to: to literals, inputs, and results of nodes beside that call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from dagwright.contract.failures import CALL_ERR, ERR
from dagwright_compiler.ir.node_ids import NodeIds
from dagwright_compiler.ir.program import CallHandler, GraphNode, InputBinding, TaskNode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dagwright_compiler.ir.program import Binding, Library, Node, Workflow


class CallHandlers:
    """What handles the failures of calls in each workflow that is flat by now, inner calls first."""

    __slots__ = ("_ids", "_in", "_library")

    def __init__(self, library: Library) -> None:
        self._library = library
        self._in: dict[str, list[CallHandler]] = {}
        self._ids: dict[str, NodeIds] = {}

    def of_calls_in(self, workflow: Workflow) -> tuple[CallHandler, ...] | msgspec.UnsetType:
        """What handles failures of calls in a workflow, at any depth."""
        return tuple(self._in.get(workflow.name, ())) or msgspec.UNSET

    def are_there(self, callee: Workflow) -> bool:
        """Whether something handles a failure of a workflow, or of a call in it."""
        return callee.name in self._library.handlers or callee.name in self._in

    def place(
        self,
        call: GraphNode,
        callee: Workflow,
        caller: Workflow,
        renamed: Mapping[str, str],
        bound: Callable[[Binding], Binding],
    ) -> None:
        """Take what handles failures of a call, and of those in it, over into the caller.

        Args:
            call: The call.
            callee: What it calls, flat.
            caller: Where it stands.
            renamed: What the callee's nodes are called in the caller.
            bound: What a binding of the callee is in the caller.
        """
        found = self._in.setdefault(caller.name, [])
        ids = self._ids.get(caller.name)
        if ids is None:
            ids = self._ids[caller.name] = NodeIds(node.id for node in caller.nodes)
        for inner in self._in.get(callee.name, ()):
            found.append(self._moved(inner, ids.take(f"{call.id}-{inner.call}"), call, renamed, bound))
        own = self._library.handlers.get(callee.name)
        if own is not None:
            every = tuple(node.id for node in callee.nodes)
            handler = CallHandler(call=call.id, workflow=callee.name, nodes=every, graph=_telling(own, callee))
            found.append(self._moved(handler, call.id, call, renamed, bound))

    def _moved(
        self, handler: CallHandler, name: str, call: GraphNode, renamed: Mapping[str, str], bound: Callable[[Binding], Binding]
    ) -> CallHandler:
        """What handles a call's failure as it is in the caller of its workflow."""
        (node,) = handler.graph.nodes
        bindings = tuple((parameter, bound(binding)) for parameter, binding in node.bindings)
        placed = self._within(replace(node, bindings=bindings), call)
        nodes = tuple(renamed[each] for each in handler.nodes)
        return replace(handler, call=name, nodes=nodes, graph=replace(handler.graph, nodes=(placed,)))

    def _within(self, node: Node, call: GraphNode) -> Node:
        """The handler's call, of which the caller says whether it may be interrupted where nobody else does."""
        if call.interruptible is None:
            return node
        if isinstance(node, GraphNode):
            return node if node.interruptible is not None else replace(node, interruptible=call.interruptible)
        assert isinstance(node, TaskNode)
        declared = self._library.tasks[node.task].policy
        policy = (node.policy or declared).within(interruptible=call.interruptible)
        return replace(node, policy=policy if policy != declared else None)


def _telling(handler: Workflow, callee: Workflow) -> Workflow:
    """The handler with another name for the failure: its call may come to stand where an input has that name."""
    if all(field.name != ERR for field in handler.inputs) or any(field.name == ERR for field in callee.inputs):
        return handler
    (node,) = handler.nodes
    bindings = tuple(
        (name, InputBinding(name=CALL_ERR) if binding == InputBinding(name=ERR) else binding) for name, binding in node.bindings
    )
    return replace(handler, nodes=(replace(node, bindings=bindings),))
