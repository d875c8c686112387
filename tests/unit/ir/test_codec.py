from __future__ import annotations

import json

from handmade import call, literal, program, task, workflow
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dagwright.contract.types import UNKNOWN
from dagwright_compiler.ir.codec import to_json, to_lined_json, to_pretty_json
from dagwright_compiler.ir.program import ImageSpec, Plan, Policy, Program, Unit

TEXT = st.text(st.characters(codec=None), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


def plan(*values: object, project: str = "default", images: dict[str, ImageSpec] | None = None) -> Plan:
    nodes = [call(f"n{at}", a=literal(value, UNKNOWN)) for at, value in enumerate(values)]
    made = replace(program(workflow("flow.main", *nodes), tasks=(task("flow.u"),)), project=project, images=images or {})
    return Plan(program=made, units={node.id: Unit(id=node.id, node=node.id) for node in nodes})


@given(
    st.lists(VALUES, max_size=3),
    TEXT,
    st.dictionaries(TEXT, st.builds(ImageSpec, name=TEXT, packages=st.tuples(TEXT)), max_size=2),
)
def test_all_layouts_hold_the_same_data(values: list[object], project: str, images: dict[str, ImageSpec]) -> None:
    made = plan(*values, project=project, images=images)
    expected = json.loads(to_json(made))
    assert json.loads(to_lined_json(made)) == expected
    assert json.loads(to_pretty_json(made)) == expected
    assert [node["bindings"]["a"]["value"] for node in expected["program"]["workflow"]["nodes"]] == values


def test_a_plan_has_a_line_for_each_item() -> None:
    lines = to_lined_json(plan(1, '"classes":0,"tasks":0', project='},"units":0')).decode().splitlines()
    assert [line.partition(":")[0] for line in lines if line.startswith('"')] == ['"flow.t"', '"flow.u"', '"n0"', '"n1"']
    assert sum(line.startswith('{"kind":"task"') for line in lines) == 2


def test_tables_are_sorted_and_fields_are_not() -> None:
    first, second = task("flow.b"), task("flow.a")
    made = program(workflow("flow.main"), tasks=(first, second))
    swapped = Program(classes={}, tasks=dict(reversed(made.tasks.items())), workflow=made.workflow)
    assert to_json(made) == to_json(swapped)
    assert list(json.loads(to_json(made))["tasks"]) == ["flow.a", "flow.b", "flow.t"]


def test_environment_is_an_object_in_the_order_of_the_source() -> None:
    policy = Policy(environment=(("B", "1"), ("A", "2")))
    made = program(workflow("flow.main", replace(call("a"), policy=policy)), tasks=(replace(task(), policy=policy),))
    data = json.loads(to_json(made))
    assert list(data["tasks"]["flow.t"]["policy"]["environment"].items()) == [("B", "1"), ("A", "2")]
    assert data["workflow"]["nodes"][0]["policy"] == {"environment": {"B": "1", "A": "2"}}


@given(TEXT | st.text(alphabet="\x7f\x80\x85\x9f\u2028\u2029\ufeff\ufffe\uffff\xa0\u202fa🔥"))
def test_a_lined_plan_reads_as_the_same_lines_everywhere(text: str) -> None:
    lined = to_lined_json(plan(text)).decode()
    assert lined.splitlines() == lined.rstrip("\n").split("\n")
    assert not set(lined).intersection("\x7f\x85\x9f\ufeff\ufffe\uffff")
    assert json.loads(lined)["program"]["workflow"]["nodes"][0]["bindings"]["a"]["value"] == text
