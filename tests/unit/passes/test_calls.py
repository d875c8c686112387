from __future__ import annotations

import pytest
from handmade import call, graph, library, program, workflow

from dagwright_compiler.diagnostics.model import Collector, Diagnostic, InternalError
from dagwright_compiler.ir.program import Workflow
from dagwright_compiler.ir.spans import SpanTable
from dagwright_compiler.passes.context import Context
from dagwright_compiler.passes.inline import inline
from dagwright_compiler.passes.validate_calls import MOST_NODES, validate_calls
from dagwright_compiler.source import Span


def findings(entry: Workflow, *others: Workflow, spans: SpanTable | None = None) -> tuple[Diagnostic, ...]:
    context = Context(library(entry, *others), spans or SpanTable(), Collector())
    made = program(entry, *others)
    assert validate_calls(made, context) is made
    return context.diagnostics.sorted()


ONE = workflow("flow.one", graph("to-two", "flow.two"))
TWO = workflow("flow.two", call("t"), graph("to-one", "flow.one"))


def test_recursion_is_reported_with_its_way() -> None:
    spans = SpanTable()
    spans.nodes["flow.one", "to-two", ""] = Span("flow.py", 5, 4, 5, 9)
    spans.nodes["flow.two", "to-one", ""] = Span("flow.py", 9, 4, 9, 9)
    (found,) = findings(workflow("flow.main", graph("one", "flow.one")), ONE, TWO, spans=spans)
    assert found.code.id == "DW490"
    assert found.message == "a workflow calls itself: `one` -> `two` -> `one`"
    assert (found.span, found.label) == (Span("flow.py", 9, 4, 9, 9), "`two` calls `one`")
    assert [label.text for label in found.related] == ["`one` calls `two`"]


def test_a_circle_reads_the_same_wherever_it_is_entered() -> None:
    assert findings(ONE, TWO) == findings(TWO, ONE) == findings(workflow("flow.main", graph("x", "flow.two")), ONE, TWO)


def test_a_workflow_that_calls_itself_directly_is_reported() -> None:
    assert [found.message for found in findings(workflow("flow.main", graph("main", "flow.main")))] == [
        "a workflow calls itself: `main` -> `main`"
    ]


def test_a_workflow_that_is_called_twice_is_no_circle() -> None:
    left, right = workflow("flow.left", graph("x", "flow.leaf")), workflow("flow.right", graph("x", "flow.leaf"))
    entry = workflow("flow.main", graph("a", "flow.left"), graph("b", "flow.right"), graph("c", "flow.leaf"))
    assert findings(entry, left, right, workflow("flow.leaf", call("t"))) == ()


def test_growth_without_measure_is_reported_once_and_before_it_happens() -> None:
    levels = [workflow("flow.w0", call("t"))]
    levels += [workflow(f"flow.w{up}", *(graph(side, f"flow.w{up - 1}") for side in ("left", "right"))) for up in range(1, 60)]
    (found,) = findings(levels[-1], *levels[:-1])
    assert found.code.id == "DW492"
    assert found.message.startswith(f"`w17` has {2**17} calls")
    assert str(MOST_NODES) in found.message


def test_inlining_relies_on_the_check() -> None:
    entry = workflow("flow.main", graph("main", "flow.main"))
    with pytest.raises(InternalError):
        inline(program(entry), Context(library(entry), SpanTable(), Collector()))
