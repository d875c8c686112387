"""Views of a workflow's nodes as a graph: who needs whose values, who waits for whom, and the networkx form of both.

Derived, never stored: the program keeps nodes in source order and nothing else.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from dagwright_compiler.ir.program import (
    Binding,
    BuiltBinding,
    DictBinding,
    InputBinding,
    LeafBinding,
    ListBinding,
    MapNode,
    Node,
    OutputBinding,
    StructBinding,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import networkx as nx


def producers(node: Node) -> Iterator[str]:
    """Ids of the nodes whose outputs a node's arguments are, in the order of its inputs; repeats included."""
    for _, binding in node.bindings:
        if isinstance(binding, OutputBinding):
            yield binding.node
        elif isinstance(binding, BuiltBinding):
            yield from (leaf.node for leaf in leaves(binding) if isinstance(leaf, OutputBinding))


def leaves(binding: Binding) -> Iterator[LeafBinding]:
    """What a binding is made of, in the order of the source; most bindings are their own only leaf."""
    if isinstance(binding, ListBinding):
        for item in binding.items:
            yield from leaves(item)
    elif isinstance(binding, DictBinding | StructBinding):
        for _, item in binding.items:
            yield from leaves(item)
    else:
        yield binding


def bound_leaves(node: Node) -> Iterator[LeafBinding]:
    """Leaves of all of a node's arguments, in the order of its inputs."""
    for _, binding in node.bindings:
        if isinstance(binding, BuiltBinding):
            yield from leaves(binding)
        else:
            yield binding


def predecessors(node: Node) -> dict[str, None]:
    """Ids of all nodes that must end before a node starts, without repeats: producers first, then ``after``."""
    return dict.fromkeys([*producers(node), *node.after])


def inputs_read(node: Node, nodes: Mapping[str, Node]) -> dict[str, None]:
    """Workflow inputs that a node's attempts read: its own, and the lists whose lengths count the results of maps."""
    return inputs_behind(bound_leaves(node), nodes)


def inputs_behind(bound: Iterable[LeafBinding], nodes: Mapping[str, Node]) -> dict[str, None]:
    """Workflow inputs that who takes what is bound reads."""
    found: dict[str, None] = {}
    pending = list(bound)
    seen: set[str] = set()
    for leaf in pending:  # which grows
        if isinstance(leaf, InputBinding):
            found[leaf.name] = None
        elif isinstance(leaf, OutputBinding) and leaf.node not in seen:
            seen.add(leaf.node)
            earlier = nodes[leaf.node]
            if isinstance(earlier, MapNode):
                lists = (binding for name, binding in earlier.bindings if name in earlier.mapped)
                pending.extend(source for source in lists if isinstance(source, InputBinding | OutputBinding))
    return found


def used_outputs(nodes: Iterable[Node], outputs: Iterable[Binding]) -> set[tuple[str, str]]:
    """Every (node, output) that an argument or an output of the workflow refers to."""
    found = chain(*map(bound_leaves, nodes), *map(leaves, outputs))
    return {(leaf.node, leaf.output) for leaf in found if isinstance(leaf, OutputBinding)}


def order_graph(nodes: Iterable[Node]) -> nx.DiGraph[str]:
    """Build the networkx graph of all edges, values and ``after`` alike, with nodes in source order.

    Importing networkx costs more than compiling a small file: call this only when the graph has something to tell.
    """
    import networkx as nx

    nodes = list(nodes)
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(node.id for node in nodes)
    graph.add_edges_from((before, node.id) for node in nodes for before in predecessors(node))
    return graph


def is_forward(nodes: Iterable[Node]) -> bool:
    """Whether every edge points forward in source order, which proves that there is no cycle."""
    seen: set[str] = set()
    for node in nodes:
        if not all(before in seen for before in node.after):
            return False
        seen.add(node.id)
    return True
