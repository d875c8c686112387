"""flytekit's ``create_node``: calls as nodes with named outputs, ordered without values."""

from __future__ import annotations

import pytest
from frontend_sources import assert_marked, body, clean

from dagwright_compiler.ir.program import GraphNode, LiteralBinding, MapNode, OutputBinding


def _body(lines: str, imported: str = "from flytekit import create_node") -> str:
    head, marker, rest = body(lines).partition("@workflow\n")
    return f"{head}{imported}\n\n@workflow\ndef sub(x: int) -> int:\n    return number(x=x)\n\n{marker}{rest}"


@pytest.mark.parametrize("imported", ["from flytekit import create_node", "from flytekit.core.node_creation import create_node"])
def test_outputs_of_a_node_have_names(imported: str) -> None:
    lines = """
one = create_node(number, x=n)
two = create_node(both, x=one.o0)
three = create_node(named, x=two.o0)
text(s=two.o1, times=three.count)
text(s=create_node(text, s='a').o0)
"""
    nodes = clean(_body(lines, imported)).workflow().nodes
    assert [node.id for node in nodes] == ["number", "both", "named", "text", "text-2", "text-3"]
    assert dict(nodes[1].bindings) == {"x": OutputBinding(node="number", output="o0")}
    assert dict(nodes[3].bindings) == {
        "s": OutputBinding(node="both", output="o1"),
        "times": OutputBinding(node="named", output="count"),
    }
    assert isinstance(dict(nodes[0].bindings)["x"], LiteralBinding) is False


def test_a_node_of_a_mapped_task_has_the_list_of_results() -> None:
    lines = """
made = create_node(map_task(number, concurrency=2), x=[1, n])
total(xs=made.o0)
number(x=made.o0[0])
"""
    nodes = clean(_body(lines)).workflow("flow.main").nodes
    assert isinstance(nodes[0], MapNode)
    assert nodes[0].concurrency == 2
    assert dict(nodes[1].bindings)["xs"] == OutputBinding(node="number-made", output="o0")
    assert dict(nodes[2].bindings) == {"x": OutputBinding(node="number-made", output="o0", path=(0,))}


def test_nodes_are_ordered_one_by_one_and_in_groups() -> None:
    lines = """
first = create_node(silent, x=1)
second = create_node(silent, x=2).with_overrides(node_name="late")
third = create_node(sub, x=3)
first.runs_before(other=second)
first >> [third, number(x=4)] >> create_node(silent, x=5)
"""
    nodes = {node.id: node for node in clean(_body(lines)).workflow("flow.main").nodes}
    assert nodes["late"].after == ("silent-first",)
    assert isinstance(nodes["sub"], GraphNode)
    assert nodes["sub"].after == ("silent-first",)
    assert nodes["number"].after == ("silent-first",)
    assert nodes["silent"].after == ("sub", "number")


def test_findings_stand_on_their_lines() -> None:
    result = assert_marked(
        _body(
            """
one = create_node(number, x=n)
number(x=one)  # E: DW311
number(x=one.o1)  # E: DW312
a, b = create_node(both, x=1)  # E: DW405
create_node(number, 1)  # E: DW407
create_node(len, x=1)  # E: DW207
create_node(map_task(number), [1])  # E: DW407
create_node(map_task(number), x=1)  # E: DW308
create_node()  # E: DW207
create_node(number, y=1)  # E: DW402
create_node(half)  # E: DW401
"""
        )
    )
    assert result.found[0].help == "pass an output of it: `.o0`"
