"""Lists, tuples and dicts with results in them: how they are bound, and what does not fit."""

from __future__ import annotations

import pytest
from frontend_sources import assert_marked, body, clean

from dagwright.contract.types import FLOAT, INT, parse
from dagwright_compiler.ir.program import (
    Binding,
    DictBinding,
    InputBinding,
    ListBinding,
    LiteralBinding,
    MapNode,
    OutputBinding,
)

SINKS = """
@task
def average(xs: Dict[str, float]) -> float:
    return sum(xs.values())

@task
def table(rows: Optional[List[Tuple[int, float]]] = None) -> int:
    return len(rows)

@task
def either(x: Union[int, List[int], Dict[int, str]]) -> int:
    return 0

@task
def anything(x: Any) -> int:
    return 0

"""


def _body(lines: str, signature: str = "def main(n: int) -> None:") -> str:
    head, marker, rest = body(lines, signature).partition("@workflow\n")
    return head + SINKS + marker + rest


def _bound(lines: str) -> Binding:
    """What the last call's only argument is bound to."""
    ((_, binding), *_) = clean(_body(lines)).workflow().nodes[-1].bindings
    return binding


A_RESULT = OutputBinding(node="number", output="o0")


def test_a_list_takes_promises_and_constants() -> None:
    assert _bound("total(xs=[number(x=n), n, 1])") == ListBinding(
        type=parse("list[float]"), items=(A_RESULT, InputBinding(name="n"), LiteralBinding(type=FLOAT, value=1.0))
    )


def test_a_dict_has_known_keys_and_may_take_in_another() -> None:
    assert _bound("more = {'b': 2}\naverage(xs={'a': number(x=n), **more, 'c': 3})") == DictBinding(
        type=parse("dict[str, float]"),
        items=(
            ("a", A_RESULT),
            ("b", LiteralBinding(type=FLOAT, value=2.0)),
            ("c", LiteralBinding(type=FLOAT, value=3.0)),
        ),
    )


def test_literals_nest_and_see_through_optional() -> None:
    binding = _bound("table(rows=[(1, 2.5), (number(x=n), 3)])")
    assert isinstance(binding, ListBinding)
    assert binding.type.text == "list[tuple[int, float]]"
    assert binding.items == (
        LiteralBinding(type=parse("tuple[int, float]"), value=[1, 2.5]),
        ListBinding(type=parse("tuple[int, float]"), items=(A_RESULT, LiteralBinding(type=FLOAT, value=3.0))),
    )


@pytest.mark.parametrize(("argument", "declared"), [("[number(x=n)]", "list[int]"), ("{1: text(s='a')}", "dict[int, str]")])
def test_a_union_takes_its_member_of_the_right_kind(argument: str, declared: str) -> None:
    binding = _bound(f"either(x={argument})")
    assert isinstance(binding, ListBinding | DictBinding)
    assert binding.type.text == declared


@pytest.mark.parametrize(
    ("argument", "declared"),
    [
        ("[number(x=n), 1]", "list[int]"),
        ("[number(x=n), 'a', None]", "list[union[int, str, none]]"),
        ("(number(x=n), 'a')", "tuple[int, str]"),
        ("{'a': [number(x=n)]}", "dict[str, list[int]]"),
        ("{'a': [number(x=n), anything(x=1)], 'b': []}", "dict[str, unknown]"),
    ],
)
def test_types_join_where_nothing_is_declared(argument: str, declared: str) -> None:
    binding = _bound(f"anything(x={argument})")
    assert isinstance(binding, ListBinding | DictBinding)
    if declared == "dict[str, unknown]":
        assert binding.type.text.startswith("dict[str, ")
    else:
        assert binding.type.text == declared


def test_parts_of_a_literal_are_its_items() -> None:
    lines = "xs = [number(x=n), 5]\nd = {'k': xs}\ntext(s='a', times=d['k'][0])\ntext(s='b', times=xs[-1])"
    first, second = clean(_body(lines)).workflow().nodes[-2:]
    assert dict(first.bindings)["times"] == A_RESULT
    assert dict(second.bindings)["times"] == LiteralBinding(type=INT, value=5)


def test_a_map_runs_over_a_literal_list() -> None:
    node = clean(_body("map_task(half)(x=[number(x=n), 2])")).workflow().nodes[-1]
    assert isinstance(node, MapNode)
    assert dict(node.bindings)["x"] == ListBinding(
        type=parse("list[float]"), items=(A_RESULT, LiteralBinding(type=FLOAT, value=2.0))
    )


def test_a_workflow_returns_what_it_builds() -> None:
    source = _body("return {'a': [number(x=n)]}, [n]", "def main(n: int) -> Tuple[Dict[str, List[int]], List[int]]:")
    first, second = clean(source).workflow().outputs
    assert isinstance(first.binding, DictBinding)
    assert second.binding == ListBinding(type=parse("list[int]"), items=(InputBinding(name="n"),))


def test_what_does_not_fit_stands_on_its_line() -> None:
    assert_marked(
        _body(
            """
a = number(x=n)
total(xs=[a, text(s='b')])  # E: DW304
total(xs=[a, 'b'])  # E: DW305
total(xs=(a, 1))  # E: DW304
total(xs=[a, silent(x=n)])  # E: DW311
total(xs=[a, half])  # E: DW304
total(xs=[both(x=n)])  # E: DW311
average(xs={1: a})  # E: DW305
average(xs={'a': text(s='b')})  # E: DW304
average(xs={text(s='k'): a})  # E: DW408
average(xs={[]: a})  # E: DW410
average(xs={**number(x=n)})  # E: DW407
table(rows=[(a, 1.5, 2)])  # E: DW304
either(x={'a': a})  # E: DW304
map_task(half)(x=(a, 1))  # E: DW308
map_task(half)(x=[a, 'x'])  # E: DW305
d = {'a': a}
text(s=d['b'])  # E: DW312
text(s={a})  # E: DW408
"""
        )
    )


@pytest.mark.parametrize(
    ("returned", "code"),
    [("[text(s='a')]", "DW307"), ("[number(x=n), 'a']", "DW307"), ("(number(x=n), 1)", "DW307"), ("[both(x=n)]", "DW311")],
)
def test_a_wrong_part_of_what_is_returned(returned: str, code: str) -> None:
    assert_marked(_body(f"return {returned}  # E: {code}", "def main(n: int) -> List[int]:"))
