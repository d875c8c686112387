"""``approve``, ``wait_for_input`` and ``sleep`` in bodies of workflows: what they give, what they are called, what they are held to."""

from __future__ import annotations

import re

import pytest
from frontend_sources import body, clean, front
from hypothesis import given, settings
from hypothesis import strategies as st

from dagwright_compiler.ir.program import GateNode, GraphNode, InputBinding, OutputBinding, TaskNode

IMPORTED = "from datetime import timedelta\nfrom dagwright import approve, sleep, wait_for_input\nHOUR = timedelta(hours=1)\n"


def source(lines: str, imported: str = IMPORTED) -> str:
    head, marker, rest = body(lines).partition("@workflow\n")
    return f"{head}{imported}\n\n{marker}{rest}"


def nodes(lines: str, imported: str = IMPORTED):
    return {node.id: node for node in clean(source(lines, imported)).workflow("flow.main").nodes}


def codes(lines: str) -> list[str]:
    return [found.code.id for found in front(source(lines)).found if found.is_error]


@pytest.mark.parametrize(
    ("imported", "name"),
    [
        ("from datetime import timedelta\nfrom flytekit import approve\nHOUR = timedelta(hours=1)\n", "approve"),
        ("from datetime import timedelta\nfrom flytekit.core.gate import approve as ok\nHOUR = timedelta(hours=1)\n", "ok"),
        ("from datetime import timedelta\nimport flytekit as fl\nHOUR = timedelta(hours=1)\n", "fl.approve"),
        ("from datetime import timedelta\nimport dagwright\nHOUR = timedelta(hours=1)\n", "dagwright.approve"),
    ],
)
def test_all_spellings_are_one_thing(imported: str, name: str) -> None:
    gate = nodes(f"number(x={name}(number(x=n), 'ok', HOUR))", imported)["ok"]
    assert isinstance(gate, GateNode)
    assert (gate.gate, gate.wait_s) == ("approve", 3600)


def test_an_approval_gives_what_is_approved() -> None:
    found = nodes("""
one = approve(number(x=n), name="first", timeout=HOUR)
half(x=one)
pair = approve(named(x=one), "pair", timeout=timedelta(seconds=1.5))
text(s=pair.label, times=pair.count)
count, label = approve(both(x=1), "both", timeout=None)
text(s=label)
listed = approve(numbers(n=n), "listed", HOUR)
number(x=listed[0])
number(x=approve(n, "input", HOUR)).with_overrides(node_name="last")
""")
    assert dict(found["first"].bindings) == {"o0": OutputBinding(node="number", output="o0")}
    assert dict(found["half"].bindings) == {"x": OutputBinding(node="first", output="o0")}
    assert [field.name for field in found["pair"].outputs] == ["count", "label"]
    assert (found["pair"].wait_s, found["both"].wait_s) == (1.5, 3600)
    assert dict(found["text-2"].bindings)["s"] == OutputBinding(node="both", output="o1")
    assert dict(found["number-2"].bindings) == {"x": OutputBinding(node="listed", output="o0", path=(0,))}
    assert dict(found["input"].bindings) == {"o0": InputBinding(name="n")}


def test_gates_stand_in_orders_as_calls_do() -> None:
    found = nodes("""
first = silent(x=1)
pause = sleep(HOUR)
ready = wait_for_input("ready", HOUR, bool)
seen = approve(number(x=n), "seen", HOUR)
first >> pause >> ready >> seen
seen.runs_before(silent(x=2).with_overrides(node_name="end"))
number(x=seen)
""")
    assert found["sleep"].after == ("silent",)
    assert found["ready"].after == ("sleep",)
    assert found["seen"].after == ("ready",)
    assert found["end"].after == ("seen",)


def test_gates_of_functions_loops_and_local_names() -> None:
    found = nodes("""
def ask(what, kind):
    return wait_for_input(name=f"{what}-of-run", timeout=HOUR, expected_type=kind)
from flytekit import approve as ok
for part in ("north", "south"):
    number(x=ok(ask(part, int), f"see {part}", HOUR)).with_overrides(node_name=f"step-{part}")
kind = float
half(x=wait_for_input("share", HOUR, kind))
sleep(HOUR)
sleep(HOUR)
""")
    assert list(found) == [
        "north-of-run",
        "see-north",
        "step-north",
        "south-of-run",
        "see-south",
        "step-south",
        "share",
        "half",
        "sleep",
        "sleep-2",
    ]
    assert [field.type.text for field in found["share"].outputs] == ["float"]


def test_a_workflow_s_gates_are_calls_of_its_own() -> None:
    made = clean(
        source(
            "sub(x=approve(n, 'ok', HOUR))",
            f"{IMPORTED}\n@workflow\ndef sub(x: int) -> int:\n    return approve(number(x=x), 'in', HOUR)\n",
        )
    )
    kinds = [type(node) for node in made.workflow("flow.main").nodes]
    assert kinds == [GateNode, GraphNode]
    assert [type(node) for node in made.workflow("flow.sub").nodes] == [TaskNode, GateNode]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("approve(number(x=1), 'a', HOUR)\napprove(number(x=2), 'A', HOUR)", ["DW415"]),
        ("for i in range(2):\n    wait_for_input('same', HOUR, int)", ["DW415"]),
        ("number(x=1).with_overrides(node_name='a')\napprove(number(x=2), 'a', HOUR)", ["DW415"]),
        ("wait_for_input('x' * 60, HOUR, int)", ["DW415"]),
        ("wait_for_input('', HOUR, int)", ["DW415"]),
        ("approve(*[number(x=1)], 'a', HOUR)", ["DW407"]),
        ("approve(number(x=1), **{'name': 'a'})", ["DW407"]),
        ("approve(number(x=1), 'a', HOUR, timeout=HOUR)", ["DW403"]),
        ("sleep(n)", ["DW410"]),
        ("sleep(timedelta(days=99999))", ["DW507"]),
        ("wait_for_input('a', HOUR, 'nothing')", ["DW201"]),
        ("wait_for_input('a', HOUR, None)", ["DW303"]),
        ("wait_for_input('a', HOUR, n)", ["DW302"]),
        ("wait_for_input('a', HOUR, list[Any])", ["DW303"]),
        ("silent(x=sleep(HOUR))", ["DW311"]),
        ("approve(unknown, 'a', HOUR)", ["DW201"]),
        ("a = wait_for_input('a', HOUR, int)\nif a:\n    silent(x=1)", ["DW406"]),
        ("map_task(number)(x=wait_for_input('a', HOUR, int))", ["DW308"]),
    ],
)
def test_one_mistake_is_one_finding(lines: str, expected: list[str]) -> None:
    assert codes(lines) == expected


def test_what_is_given_may_be_none_and_who_knows_what_is_not() -> None:
    found = nodes("wait_for_input('a', HOUR, Optional[int])\nwait_for_input('b', HOUR, Union[int, str])")
    assert [field.type.text for node in found.values() for field in node.outputs] == ["union[int, none]", "union[int, str]"]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_a_hostile_name_becomes_a_dns_label_or_a_finding(name: str) -> None:
    try:
        text = f"wait_for_input({name!r}, HOUR, int)"
        text.encode()
    except UnicodeEncodeError:
        text = f"wait_for_input({name!a}, HOUR, int)"
    made = front(source(text))
    found = [each.code.id for each in made.found if each.is_error]
    if found:
        assert found == ["DW415"]
        assert len(name) > 50 or not re.search("[a-z0-9]", name.lower())
    else:
        (node,) = made.workflow("flow.main").nodes
        assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?", node.id)


def test_a_name_that_a_loop_gives_twice_is_told_with_a_form_that_gates_take() -> None:
    (found,) = front(source("for _ in range(2):\n    n = approve(n, 'step', HOUR)")).found
    assert (found.code.id, found.help) == ("DW415", 'put what differs into the name, as in `f"step-{i}"`')
