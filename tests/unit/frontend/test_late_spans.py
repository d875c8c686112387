"""Spans are found when asked for, also where equal sources were read once."""

from __future__ import annotations

import pytest
from frontend_sources import front

from dagwright_compiler.ir.spans import SpanTable
from dagwright_compiler.source import Span

SOURCE = """\
from datetime import timedelta
from dagwright import Resources, task, workflow

@task(cache=True, cache_version="1", retries=2, requests=Resources(cpu="1", mem="1Gi"))
def first(a: int, b: int = 2) -> int: ...

@task(cache=True, cache_version="1", retries=2, requests=Resources(cpu="1", mem="1Gi"))
def other(a: int, b: int = 2) -> int: ...

@task(retries=3,
      timeout=timedelta(minutes=5))
def third(a: int, b: int = 2) -> int: ...

@workflow
def main(start: int) -> int:
    x = first(a=start)
    y = other(start, b=x)
    z = third(a=y).with_overrides(retries=4)
    x >> z
    return z
"""
LINES = SOURCE.splitlines()


def marked(span: Span | None) -> tuple[int, str]:
    """Line number and text of a span."""
    assert span is not None
    assert span.path == "flow.py"
    return span.line, LINES[span.line - 1].encode()[
        span.column : span.end_column if span.end_line == span.line else None
    ].decode()


@pytest.mark.parametrize(
    ("name", "part", "expected"),
    [
        ("flow.first", "", (5, "first")),
        ("flow.other", "", (8, "other")),
        ("flow.first", "b", (5, "b: int")),
        ("flow.other", "b", (8, "b: int")),
        ("flow.other", "return", (8, "int")),
        ("flow.first", "policy.requests.mem", (4, '"1Gi"')),
        ("flow.other", "policy.requests.mem", (7, '"1Gi"')),
        ("flow.other", "policy.requests", (7, 'Resources(cpu="1", mem="1Gi")')),
        ("flow.other", "policy.cache.version", (7, '"1"')),
        ("flow.third", "policy.timeout_s", (11, "timedelta(minutes=5)")),
        ("flow.third", "policy.image", (12, "third")),
        ("flow.main", "start", (15, "start: int")),
    ],
)
def test_parts_of_definitions(name: str, part: str, expected: tuple[int, str]) -> None:
    assert marked(front(SOURCE).elaborated.spans.definition(name, part)) == expected


@pytest.mark.parametrize(
    ("node", "part", "expected"),
    [
        ("first", "", (16, "first(a=start)")),
        ("other", "a", (17, "start")),
        ("other", "b", (17, "x")),
        ("third", "policy.retries", (18, "4")),
        ("third", "policy.image", (18, "third(a=y)")),
        ("third", "after.first", (19, "z")),
        ("third", "after.other", (18, "third(a=y)")),
    ],
)
def test_parts_of_calls(node: str, part: str, expected: tuple[int, str]) -> None:
    assert marked(front(SOURCE).elaborated.spans.node("flow.main", node, part)) == expected


def test_a_policy_stands_in_the_override_then_in_the_decorator_then_at_the_call() -> None:
    spans = front(SOURCE).elaborated.spans
    assert marked(spans.policy("flow.main", "third", "flow.third", "retries")) == (18, "4")
    assert marked(spans.policy("flow.main", "third", "flow.third", "timeout_s")) == (11, "timedelta(minutes=5)")
    assert marked(spans.policy("flow.main", "third", "flow.third", "image")) == (18, "third(a=y)")


def test_what_nobody_defines_has_no_span() -> None:
    spans = front(SOURCE).elaborated.spans
    assert spans.definition("flow.absent") is None
    assert spans.node("flow.main", "absent") is None
    assert spans.node("flow.absent", "first") is None
    assert SpanTable().node("flow.main", "first", "a") is None


def test_every_one_of_equal_mistakes_is_found() -> None:
    wrong = (
        '@task(cache=True, requests=Resources(cpu="x"), timeout=timedelta(0))\ndef {}(a: int = "1", b: Missing = 2) -> int: ...\n'
    )
    found = [
        (each.span.line, each.code.id) for each in front(SOURCE + wrong.format("one") + wrong.format("two")).found if each.span
    ]
    first = sorted(code for line, code in found if line in (21, 22))
    assert len(first) == 5
    assert sorted(code for line, code in found if line in (23, 24)) == first


def test_equal_texts_mean_different_things_in_different_modules() -> None:
    flow = "from dagwright import task\nfrom settings import N\n@task(retries=int(N))\ndef t(a: int) -> int: ...\n"
    sources = {
        "a/flow.py": flow,
        "a/settings.py": "N = 1\n",
        "b/flow.py": flow.replace("def t", "def u"),
        "b/settings.py": "N = 2\n",
    }
    tasks = front(sources).elaborated.library.tasks
    assert {name: task.policy.retries for name, task in tasks.items()} == {"flow.t": 1, "flow.u": 2}


def test_columns_of_equal_texts_count_bytes() -> None:
    source = 'from dagwright import task\n@task(container_image="é")\ndef té(a: int) -> int: ...\n@task(container_image="ü")\ndef ta(a: int, b: str = "ß") -> int: ...\n'
    result = front(source)
    assert [task.policy.image for task in result.elaborated.library.tasks.values()] == ["é", "ü"]
    assert [len(task.inputs) for task in result.elaborated.library.tasks.values()] == [1, 2]
