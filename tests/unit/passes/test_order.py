from __future__ import annotations

import random
import subprocess
import sys
import time

import networkx as nx
import pytest
from handmade import call, graph, library, program, workflow

from dagwright_compiler.diagnostics.model import Collector, Diagnostic
from dagwright_compiler.ir.graph import order_graph
from dagwright_compiler.ir.program import Node, Workflow
from dagwright_compiler.ir.spans import SpanTable
from dagwright_compiler.passes import reduce_order as reduction
from dagwright_compiler.passes.context import Context
from dagwright_compiler.passes.reduce_order import implied_edges, reduce_order
from dagwright_compiler.passes.validate_order import validate_order
from dagwright_compiler.source import Span


def context_of(entry: Workflow, *others: Workflow, spans: SpanTable | None = None) -> Context:
    return Context(library(entry, *others), spans or SpanTable(), Collector())


def findings(entry: Workflow, *others: Workflow, spans: SpanTable | None = None) -> tuple[Diagnostic, ...]:
    context = context_of(entry, *others, spans=spans)
    made = program(entry, *others)
    assert validate_order(made, context) is made
    return context.diagnostics.sorted()


def reduced(*nodes: Node) -> dict[str, tuple[str, ...]]:
    entry = workflow("flow.main", *nodes)
    return {node.id: node.after for node in reduce_order(program(entry), context_of(entry)).workflow.nodes}


def test_orders_that_point_forward_or_back_without_a_circle_pass() -> None:
    assert findings(workflow("flow.main", call("a"), call("b", a="a", after=("a",)), call("c", after=("a", "b")))) == ()
    assert findings(workflow("flow.main", call("a", after=("c",)), call("b"), call("c", after=("b",)))) == ()


def test_a_circle_is_reported_with_its_way_and_its_lines() -> None:
    spans = SpanTable()
    spans.nodes["flow.main", "a", "after.c"] = Span("flow.py", 9, 4, 9, 10)
    spans.nodes["flow.main", "b", "a"] = Span("flow.py", 6, 4, 6, 10)
    spans.nodes["flow.main", "c", ""] = Span("flow.py", 7, 4, 7, 10)
    entry = workflow("flow.main", call("a", after=("c",)), call("b", a="a"), call("c", b="b"))
    (found,) = findings(entry, spans=spans)
    assert found.code.id == "DW491"
    assert found.message == "calls wait for each other in a circle: `a` -> `b` -> `c` -> `a`"
    assert (found.span, found.label) == (Span("flow.py", 9, 4, 9, 10), "`a` waits for `c`")
    assert [label.text for label in found.related] == ["`b` takes a value of `a`", "`c` takes a value of `b`"]


def test_every_knot_is_reported_once_by_its_shortest_circle() -> None:
    entry = workflow(
        "flow.main",
        call("a", after=("b", "d")),
        call("b", after=("a",)),
        call("c", after=("b",)),
        call("d", after=("c",)),
        call("x", after=("y",)),
        call("y", a="x"),
        call("z", after=("z",)),
    )
    assert [found.message.partition(": ")[2] for found in findings(entry)] == [
        "`a` -> `b` -> `a`",
        "`x` -> `y` -> `x`",
        "`z` -> `z`",
    ]


def test_a_circle_in_a_called_workflow_is_found_and_recursion_is_no_trap() -> None:
    inner = workflow("flow.inner", call("a", after=("b",)), call("b", after=("a",)), graph("me", "flow.inner"))
    entry = workflow("flow.main", graph("sub", "flow.inner"))
    assert [found.code.id for found in findings(entry, inner)] == ["DW491"]


def test_a_circle_through_a_call_of_a_workflow_is_found() -> None:
    inner = workflow("flow.inner", call("t"), outputs=("t",))
    entry = workflow("flow.main", graph("sub", "flow.inner", after=("use",)), call("use", a="sub"))
    assert [found.message for found in findings(entry, inner)] == [
        "calls wait for each other in a circle: `sub` -> `use` -> `sub`"
    ]


def test_orders_that_values_imply_are_dropped() -> None:
    assert reduced(call("a"), call("b", a="a", after=("a",)), call("c", a="b", after=("a",))) == {"a": (), "b": (), "c": ()}


def test_orders_that_other_orders_imply_are_dropped() -> None:
    assert reduced(call("a"), call("b", after=("a",)), call("c", after=("b", "a"))) == {"a": (), "b": ("a",), "c": ("b",)}


def test_orders_that_point_back_in_the_source_are_reduced_too() -> None:
    assert reduced(call("c", after=("b", "a")), call("b", after=("a",)), call("a")) == {"c": ("b",), "b": ("a",), "a": ()}


def test_a_program_without_orders_is_left_as_it_is() -> None:
    entry = workflow("flow.main", call("a"), call("b", a="a"))
    made = program(entry)
    assert reduce_order(made, context_of(entry)) is made


def random_nodes(seed: int, size: int, edges: int) -> tuple[Node, ...]:
    """Nodes in shuffled order whose edges have no circle; about a third of the edges carry values."""
    chance = random.Random(seed)
    before: list[set[int]] = [set() for _ in range(size)]
    values: list[set[int]] = [set() for _ in range(size)]
    for _ in range(edges):
        low, high = sorted(chance.sample(range(size), 2))
        (values if chance.random() < 0.3 else before)[high].add(low)
    nodes: list[Node] = [
        call(
            f"n{at}",
            after=[f"n{found}" for found in sorted(before[at])],
            **{f"i{found}": f"n{found}" for found in sorted(values[at])},
        )
        for at in range(size)
    ]
    chance.shuffle(nodes)
    return tuple(nodes)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("block", [3, 4096])
def test_what_stays_is_what_networkx_keeps(seed: int, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reduction, "_BLOCK", block)
    nodes = random_nodes(seed, 30, 20 + 12 * seed)
    oracle = nx.transitive_reduction(order_graph(nodes))
    implied = implied_edges(nodes)
    for node in nodes:
        carried = {binding.node for _, binding in node.bindings if hasattr(binding, "node")}
        for before in node.after:
            expected = before not in carried and oracle.has_edge(before, node.id)
            assert ((before, node.id) not in implied) == expected


def test_reduction_is_idempotent_and_keeps_reachability() -> None:
    nodes = random_nodes(5, 60, 300)
    entry = workflow("flow.main", *nodes)
    once = reduce_order(program(entry), context_of(entry))
    again = reduce_order(once, context_of(entry))
    assert again == once
    assert nx.transitive_closure(order_graph(once.workflow.nodes)).edges == nx.transitive_closure(order_graph(nodes)).edges


def test_ten_thousand_nodes_are_reduced_quickly() -> None:
    chance = random.Random(1)
    nodes = tuple(call(f"n{at}", after=[f"n{chance.randrange(at)}" for _ in range(2)] if at else ()) for at in range(10_000))
    start = time.process_time()
    implied_edges(nodes)
    assert time.process_time() - start < 2.0  # 0.05 s on a quiet machine; networkx takes 25


def test_networkx_is_imported_only_where_an_order_points_back() -> None:
    code = (
        "import sys; from handmade import *; from dagwright_compiler.diagnostics.model import Collector\n"
        "from dagwright_compiler.ir.spans import SpanTable; from dagwright_compiler.passes.context import Context\n"
        "from dagwright_compiler.passes.pipeline import run_passes\n"
        "w = workflow('flow.main', call('a'), call('b', after=('a',)), call('c', after=('a', 'b')))\n"
        "assert run_passes(program(w), Context(library(w), SpanTable(), Collector())) is not None\n"
        "print('networkx' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert ran.stdout == "False\n"
