"""Validation: ``>>`` must not make calls wait for each other in a circle.

Every workflow that the entry reaches is checked as written, a subworkflow standing as one node: a circle through a subworkflow is
refused as Flyte refuses it, and no circle can arise by inlining that does not show here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics.codes import ORDER_CYCLE
from dagwright_compiler.diagnostics.model import Diagnostic, Label
from dagwright_compiler.ir.graph import is_forward, leaves, order_graph
from dagwright_compiler.ir.program import GraphNode, OutputBinding, Program, Workflow

if TYPE_CHECKING:
    import networkx as nx

    from dagwright_compiler.passes.context import Context
    from dagwright_compiler.source import Span


def validate_order(program: Program, context: Context) -> Program:
    """Report one circle for every knot of calls, with its path and the lines that tie it."""
    pending = [program.workflow]
    seen = {program.workflow.name}
    while pending:
        workflow = pending.pop()
        if not is_forward(workflow.nodes):
            _report_cycles(workflow, context)
        for node in workflow.nodes:
            if isinstance(node, GraphNode) and node.workflow not in seen:
                seen.add(node.workflow)
                pending.append(context.library.workflows[node.workflow])
    return program


def _report_cycles(workflow: Workflow, context: Context) -> None:
    import networkx as nx

    graph = order_graph(workflow.nodes)
    position = {node.id: at for at, node in enumerate(workflow.nodes)}
    for knot in nx.strongly_connected_components(graph):
        first = min(knot, key=position.__getitem__)
        if len(knot) > 1 or graph.has_edge(first, first):
            context.diagnostics.add(_cycle(workflow, _shortest(graph, first), context))


def _shortest(graph: nx.DiGraph[str], start: str) -> list[str]:
    """The shortest way from a node back to itself: the node first, each following one waiting for the one before it."""
    import networkx as nx

    if graph.has_edge(start, start):
        return [start]
    ways = nx.single_source_shortest_path(graph, start)
    return min((ways[last] for last in graph.predecessors(start) if last in ways), key=len)


def _cycle(workflow: Workflow, path: list[str], context: Context) -> Diagnostic:
    nodes = {node.id: node for node in workflow.nodes}
    steps = list(zip(path, [*path[1:], path[0]], strict=True))
    spans: list[tuple[Span, str]] = []
    for before, node in steps:
        if before in nodes[node].after:
            span = context.spans.node(workflow.name, node, f"after.{before}")
            text = f"`{node}` waits for `{before}`"
        else:
            part = next(
                name
                for name, binding in nodes[node].bindings
                if any(isinstance(leaf, OutputBinding) and leaf.node == before for leaf in leaves(binding))
            )
            span = context.spans.node(workflow.name, node, part)
            text = f"`{node}` takes a value of `{before}`"
        if span is not None:
            spans.append((span, text))
    backward = next((found for found in reversed(spans)), None)
    return Diagnostic(
        ORDER_CYCLE,
        f"calls wait for each other in a circle: {' -> '.join(f'`{node}`' for node in [*path, path[0]])}",
        backward[0] if backward else context.spans.definition(workflow.name),
        backward[1] if backward else "",
        tuple(Label(span, text) for span, text in spans[:-1]),
        help="remove one of these orders",
    )
