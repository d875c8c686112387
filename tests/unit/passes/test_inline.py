from __future__ import annotations

import re

from handmade import call, graph, library, literal, of, program, workflow

from dagwright.contract.types import INT
from dagwright_compiler.diagnostics.model import Collector
from dagwright_compiler.ir.node_ids import NodeIds
from dagwright_compiler.ir.program import Field, TaskNode, Workflow
from dagwright_compiler.ir.spans import SpanTable
from dagwright_compiler.passes.context import Context
from dagwright_compiler.passes.inline import inline
from dagwright_compiler.source import Span

INNER = workflow("flow.inner", call("first", a="$x"), call("second", a="first"), inputs=("x",), outputs=("second",))


def inlined(entry: Workflow, *others: Workflow, spans: SpanTable | None = None) -> tuple[Workflow, Context]:
    context = Context(library(entry, *others), spans or SpanTable(), Collector())
    return inline(program(entry, *others), context).workflow, context


def shape(flat: Workflow) -> list[tuple[str, dict[str, object], tuple[str, ...]]]:
    return [(node.id, dict(node.bindings), node.after) for node in flat.nodes]


def test_a_flat_workflow_is_left_as_it_is() -> None:
    made = program(INNER)
    assert inline(made, Context(library(INNER), SpanTable(), Collector())) is made


def test_a_callees_nodes_stand_in_the_place_of_the_call() -> None:
    entry = workflow("flow.main", call("make"), graph("sub", "flow.inner", x="make"), call("use", a="sub"), outputs=("use",))
    flat, _ = inlined(entry, INNER)
    assert shape(flat) == [
        ("make", {}, ()),
        ("sub-first", {"a": of("make")}, ()),
        ("sub-second", {"a": of("sub-first")}, ()),
        ("use", {"a": of("sub-second")}, ()),
    ]
    assert flat.outputs == entry.outputs


def test_inputs_and_literals_pass_through_calls() -> None:
    entry = workflow(
        "flow.main",
        graph("one", "flow.inner", x="$n"),
        graph("two", "flow.inner", x=literal(3)),
        inputs=("n",),
        outputs=("one", "two"),
    )
    flat, _ = inlined(entry, INNER)
    assert dict(flat.nodes[0].bindings) == {"a": of("$n")}
    assert dict(flat.nodes[2].bindings) == {"a": literal(3)}
    assert [output.binding for output in flat.outputs] == [of("one-second"), of("two-second")]


def test_a_callee_may_hand_its_input_or_a_literal_back() -> None:
    same = workflow("flow.same", inputs=("x",), outputs=("$x", literal(7)))
    entry = workflow(
        "flow.main", call("make"), graph("sub", "flow.same", x="make"), call("use", a="sub.o0", b="sub.o1"), outputs=("sub.o0",)
    )
    flat, _ = inlined(entry, same)
    assert shape(flat) == [("make", {}, ()), ("use", {"a": of("make"), "b": literal(7)}, ())]
    assert flat.outputs[0].binding == of("make")


def test_calls_nest_at_any_depth() -> None:
    middle = workflow("flow.middle", graph("deep", "flow.inner", x="$y"), inputs=("y",), outputs=("deep",))
    entry = workflow("flow.main", graph("top", "flow.middle", y=literal(1)), outputs=("top",))
    flat, _ = inlined(entry, INNER, middle)
    assert [node.id for node in flat.nodes] == ["top-deep-first", "top-deep-second"]
    assert flat.outputs[0].binding == of("top-deep-second")


def test_a_chain_of_two_thousand_workflows_is_no_matter() -> None:
    chain = [workflow("flow.w0", call("t"), outputs=("t",))]
    chain += [workflow(f"flow.w{depth}", graph("s", f"flow.w{depth - 1}"), outputs=("s",)) for depth in range(1, 2000)]
    flat, context = inlined(chain[-1], *chain[:-1])
    assert len(flat.nodes) == 1
    assert not context.diagnostics.has_errors


def test_ids_never_meet_and_the_callers_own_stay() -> None:
    entry = workflow("flow.main", graph("sub", "flow.inner", x=literal(1)), call("sub-first", a="sub"), outputs=("sub-first",))
    flat, _ = inlined(entry, INNER)
    assert shape(flat) == [
        ("sub-first-2", {"a": literal(1)}, ()),
        ("sub-second", {"a": of("sub-first-2")}, ()),
        ("sub-first", {"a": of("sub-second")}, ()),
    ]


def test_order_before_a_call_binds_its_first_nodes_and_after_it_its_last() -> None:
    two_ends = workflow(
        "flow.inner", call("first"), call("left", a="first"), call("right", after=("first",)), call("alone"), outputs=("left",)
    )
    entry = workflow("flow.main", call("before"), graph("sub", "flow.inner", after=("before",)), call("later", after=("sub",)))
    flat, _ = inlined(entry, two_ends)
    assert {node.id: node.after for node in flat.nodes} == {
        "before": (),
        "sub-first": ("before",),
        "sub-left": (),
        "sub-right": ("sub-first",),
        "sub-alone": ("before",),
        "later": ("sub-left", "sub-right", "sub-alone"),
    }


def test_order_against_the_source_reaches_nodes_placed_later() -> None:
    entry = workflow("flow.main", call("early", after=("sub",)), graph("sub", "flow.inner", x=literal(1)))
    flat, _ = inlined(entry, INNER)
    assert flat.nodes[0].after == ("sub-second",)


def test_order_passes_through_a_callee_without_nodes() -> None:
    empty = workflow("flow.empty", inputs=("x",))
    entry = workflow(
        "flow.main",
        call("a"),
        call("b"),
        graph("sub", "flow.empty", x="b", after=("a",)),
        graph("again", "flow.empty", x=literal(1), after=("sub",)),
        call("c", after=("again",)),
    )
    flat, _ = inlined(entry, empty)
    assert shape(flat)[-1] == ("c", {}, ("a", "b"))


def test_an_argument_left_out_takes_the_callees_default() -> None:
    entry = workflow("flow.main", graph("sub", "flow.inner"), outputs=("sub",))
    with_default = Workflow(
        name="flow.inner",
        inputs=(Field(name="x", type=INT, has_default=True, default=5),),
        outputs=INNER.outputs,
        returns="single",
        nodes=INNER.nodes,
    )
    flat, _ = inlined(entry, with_default)
    assert dict(flat.nodes[0].bindings) == {"a": literal(5)}


def test_policy_and_task_of_a_placed_node_stay() -> None:
    entry = workflow("flow.main", graph("sub", "flow.inner", x=literal(1)), outputs=("sub",))
    flat, _ = inlined(entry, INNER)
    assert all(isinstance(node, TaskNode) and node.task == "flow.t" for node in flat.nodes)


def test_a_placed_node_keeps_the_span_of_its_author() -> None:
    spans = SpanTable()
    spans.nodes["flow.inner", "first", ""] = Span("inner.py", 3, 4, 3, 9)
    spans.nodes["flow.inner", "first", "a"] = Span("inner.py", 3, 6, 3, 7)
    middle = workflow("flow.middle", graph("deep", "flow.inner", x=literal(1)), outputs=("deep",))
    entry = workflow("flow.main", graph("top", "flow.middle"), outputs=("top",))
    _, context = inlined(entry, INNER, middle, spans=spans)
    assert context.spans.node("flow.main", "top-deep-first", "a") == Span("inner.py", 3, 6, 3, 7)
    assert context.spans.node("flow.main", "top-deep-first", "b") == Span("inner.py", 3, 4, 3, 9)


def test_ids_stay_dns_labels_however_deep_they_nest() -> None:
    long = "a" * 50
    inner = workflow("flow.inner", call(long), call(f"{long}-2"))
    entry = workflow("flow.main", graph("b" * 50, "flow.inner"), graph("b" * 49, "flow.inner"))
    flat, _ = inlined(entry, inner)
    ids = [node.id for node in flat.nodes]
    assert len(set(ids)) == 4
    assert all(re.fullmatch("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", found) for found in ids)


def test_a_thousand_equal_names_are_numbered_in_order() -> None:
    ids = NodeIds(["t"])
    assert [ids.take("t") for _ in range(1000)] == [f"t-{ordinal}" for ordinal in range(2, 1002)]
    assert ids.take("t-2") == "t-2-2"
