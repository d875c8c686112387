"""Maps over several lists, and what ``functools.partial`` binds for all elements."""

from __future__ import annotations

import pytest
from frontend_sources import assert_marked, body, clean

from dagwright.contract.types import INT, parse
from dagwright_compiler.ir.program import InputBinding, LiteralBinding, MapNode, OutputBinding, TaskNode

TASKS = """
import functools
from functools import partial

@task
def add(x: int, y: int, scale: float = 1.0, labels: Optional[List[str]] = None) -> float:
    return scale * (x + y)

"""
A_LIST = OutputBinding(node="numbers", output="o0")


def _body(lines: str, signature: str = "def main(n: int, xs: List[int]) -> None:") -> str:
    head, marker, rest = body(lines, signature).partition("@workflow\n")
    return head + TASKS + marker + rest


def _map(lines: str) -> MapNode:
    node = clean(_body(lines)).workflow().nodes[-1]
    assert isinstance(node, MapNode)
    return node


@pytest.mark.parametrize(
    "call", ["map_task(add)(x=numbers(n=n), y=xs)", "map_task(add)(y=xs, x=numbers(n=n))", "map_task(add)(numbers(n=n), xs)"]
)
def test_several_lists_run_side_by_side_in_the_order_of_the_inputs(call: str) -> None:
    node = _map(call)
    assert (node.over, node.along, node.mapped) == ("x", ("y",), ("x", "y"))
    bound = dict(node.bindings)
    assert (bound["x"], bound["y"]) == (A_LIST, InputBinding(name="xs"))
    assert bound["scale"] == LiteralBinding(type=parse("float"), value=1.0)


@pytest.mark.parametrize(
    "call",
    [
        "map_task(partial(add, y=n))(x=xs)",
        "map_task(functools.partial(add, y=n), concurrency=2)(x=xs)",
        "map_task(partial(partial(add, y=7), y=n))(x=xs)",
        "map_task(partial(add, y=7))(x=xs, y=n)",
        "map_task(task_function=partial(add, y=n))(x=xs)",
        "map_task(target=partial(add, y=n), concurrency=2)(xs)",
        "f = partial(add, y=n)\nm = map_task(f)\nm(x=xs)",
    ],
)
def test_what_partial_binds_is_the_same_for_all_elements(call: str) -> None:
    node = _map(call)
    assert (node.over, node.along) == ("x", ())
    assert dict(node.bindings)["y"] == InputBinding(name="n")


@pytest.mark.parametrize(
    "call",
    [
        "map_task(partial(add, n))(y=xs)",
        "map_task(partial(add, n))(xs)",
        "map_task(partial(partial(add, n), scale=2))(xs)",
        "f = partial(add)\nmap_task(partial(f, n))(xs)",
    ],
)
def test_partial_binds_the_first_inputs_by_position(call: str) -> None:
    node = _map(call)
    assert (node.over, node.along) == ("y", ())
    assert dict(node.bindings)["x"] == InputBinding(name="n")


def test_partials_of_partials_bind_one_input_after_the_other() -> None:
    node = clean(_body("partial(partial(add, 7), n)(2)")).workflow().nodes[-1]
    assert isinstance(node, TaskNode)
    bound = dict(node.bindings)
    assert bound["x"] == LiteralBinding(type=INT, value=7)
    assert bound["y"] == InputBinding(name="n")
    assert bound["scale"] == LiteralBinding(type=parse("float"), value=2.0)


def test_partial_binds_a_whole_list_too() -> None:
    node = _map("map_task(partial(add, labels=['a'], y=1))(x=xs)")
    assert node.mapped == ("x",)
    bound = dict(node.bindings)
    assert bound["labels"] == LiteralBinding(type=parse("union[list[str], none]"), value=["a"])
    assert bound["y"] == LiteralBinding(type=INT, value=1)


def test_a_partial_can_be_called_by_itself() -> None:
    node = clean(_body("partial(add, y=n)(x=1, scale=2)\n")).workflow().nodes[-1]
    assert isinstance(node, TaskNode)
    assert dict(node.bindings)["y"] == InputBinding(name="n")


def test_findings_stand_on_their_lines() -> None:
    assert_marked(
        _body(
            """
map_task(add)(x=[1, 2], y=[1])  # E: DW413
map_task(add)(x=xs)  # E: DW413
map_task(partial(add, x=1, y=2))()  # E: DW413
map_task(partial(add, z=1))(x=xs)  # E: DW402
map_task(partial(add, 1))(y=xs)
map_task(partial(add, 1, 2))(scale=xs, x=xs)  # E: DW403
map_task(partial(add, 1, x=2))(y=xs)  # E: DW403
map_task(partial(add, 1, 2, 3, 4, 5))(x=xs)  # E: DW404
map_task(partial(add, y=n))(xs, xs)  # E: DW403
map_task(partial(len, y=n))(x=xs)  # E: DW207
map_task(partial(add, y='a'))(x=xs)  # E: DW305
map_task(partial(add, y=xs))(x=xs)  # E: DW304
map_task(add)(x=xs, y=n)  # E: DW308
map_task(add)(x=n, y=n)  # E: DW308 DW308
partial()  # E: DW207
partial(missing, x=1)  # E: DW201
partial(add, y=n)()  # E: DW401
"""
        )
    )


def test_a_missing_input_names_both_ways_out() -> None:
    result = assert_marked(_body("map_task(add)(x=xs)  # E: DW413"))
    assert result.only.message == "`add` also needs `y`"
    assert "functools.partial(add, y=...)" in result.only.help
