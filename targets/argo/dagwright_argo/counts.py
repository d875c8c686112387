"""Where the number of a map's pods comes from: a literal, a workflow input, or the pod that made the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from dagwright.contract.chunks import MAP_PODS, pods_of
from dagwright_compiler.diagnostics.model import InternalError
from dagwright_compiler.ir.lengths import published_lengths
from dagwright_compiler.ir.program import (
    DictBinding,
    FlatNode,
    GraphNode,
    InputBinding,
    ListBinding,
    LiteralBinding,
    MapNode,
    OutputBinding,
    Program,
    Publish,
    StructBinding,
    TaskNode,
    Unit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright_compiler.ir.lengths import Lengths

PodNode = TaskNode | MapNode
"""What pods run; a gate has none."""


class LiteralCount(msgspec.Struct, frozen=True):
    """A list known at compile time; ``is_shared`` tells that its elements share pods."""

    pods: int
    is_shared: bool = False


class InputCount(msgspec.Struct, frozen=True):
    """A list that is a workflow input, for a map of ``most_pods`` pods at most."""

    name: str
    most_pods: int


class OutputCount(msgspec.Struct, frozen=True):
    """A list that the pod of ``node`` writes; ``parameter`` is the control output with the number of pods that a map over it has."""

    node: str
    parameter: str


Count = LiteralCount | InputCount | OutputCount


def counts_of(program: Program, map_pods: int = MAP_PODS) -> dict[str, Count]:
    """Count of every map node. A map over a map's output has the count of that map: elements never get lost."""
    counts: dict[str, Count] = {}
    nodes = flat_nodes(program)
    lengths = published_lengths(program)
    for node in nodes.values():
        if isinstance(node, MapNode):
            counts[node.id] = _count(lengths, nodes, node, map_pods)
    return counts


def flat_nodes(program: Program) -> dict[str, FlatNode]:
    """Nodes by id, in source order.

    Raises:
        InternalError: A subworkflow was not inlined.
    """
    nodes: dict[str, FlatNode] = {}
    for node in program.workflow.nodes:
        if isinstance(node, GraphNode):
            raise InternalError(f"node {node.id} of {program.workflow.name} was not inlined")
        nodes[node.id] = node
    return nodes


def pod_nodes(program: Program) -> dict[str, PodNode]:
    """Those of the nodes that pods run."""
    return {name: node for name, node in flat_nodes(program).items() if isinstance(node, TaskNode | MapNode)}


def _count(lengths: Mapping[str, Lengths], nodes: Mapping[str, FlatNode], node: MapNode, map_pods: int) -> Count:
    while True:
        binding = dict(node.bindings)[node.over]
        match binding:
            case LiteralBinding(value=value):
                return _known(len(value), map_pods)
            case ListBinding(items=items):
                return _known(len(items), map_pods)
            case DictBinding() | StructBinding():
                raise InternalError(f"{node.id} maps over a {binding.type.kind}")
            case InputBinding(name=name):
                return InputCount(name, map_pods)
            case OutputBinding(node=producer_id, output=output, path=path):
                producer = nodes[producer_id]
                if isinstance(producer, MapNode):
                    node = producer
                else:
                    return OutputCount(producer_id, lengths[producer_id][output, path].parameter)


def _known(elements: int, map_pods: int) -> LiteralCount:
    pods = pods_of(elements, map_pods)
    return LiteralCount(pods, is_shared=pods < elements)


def units_of(program: Program) -> dict[str, Unit]:
    """One unit per node that pods run, named as the node; a unit publishes the lengths that maps ask of it."""
    lengths = published_lengths(program)
    return {
        node: Unit(id=node, node=node, publish=tuple(sorted(lengths.get(node, {}).values(), key=_place)))
        for node in pod_nodes(program)
    }


def _place(published: Publish) -> tuple[str, str]:
    return published.output, published.parameter
