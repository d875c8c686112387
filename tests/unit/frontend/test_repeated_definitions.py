"""Tasks that a module defines more than once, or not at its top level."""

from __future__ import annotations

import pytest
from frontend_sources import assert_marked, clean, front

HEAD = "from flytekit import task, workflow\nimport sys\n"
TASK = "@task(retries=1)\ndef double(x: int) -> int:\n    return 2 * x\n"
MAIN = "@workflow\ndef main(x: int) -> int:\n    return double(x=x)\n"


def _within(statement: str) -> str:
    return f"{statement}\n" + "".join(f"    {line}\n" for line in TASK.splitlines())


def test_the_same_text_again_changes_nothing() -> None:
    found = clean(HEAD + TASK + MAIN + TASK + MAIN.replace("main", "other"))
    assert [found.workflow(f"flow.{name}").nodes[0].task for name in ("main", "other")] == ["flow.double"] * 2


@pytest.mark.parametrize(
    "later",
    [
        TASK.replace("2 * x", "x + x"),
        TASK.replace("retries=1", "retries=2"),
        "class double: ...\n",
        TASK.replace("def", "async def"),
    ],
)
def test_another_text_is_told(later: str) -> None:
    assert "DW205" in front(HEAD + TASK + later).codes


@pytest.mark.parametrize("statement", ["if sys.platform:", "try:", "for _ in range(1):", "while True:", "with open('x'):"])
def test_a_task_inside_another_statement_is_told_once(statement: str) -> None:
    ending = "finally:\n    pass\n" if statement == "try:" else ""
    found = front(HEAD + _within(statement) + ending + MAIN)
    assert [(each.code.id, each.span.line if each.span else 0) for each in found.found] == [("DW208", 5)]


def test_several_under_conditions_are_one_finding() -> None:
    found = front(HEAD + _within("try:") + _within("except ImportError:") + MAIN)
    assert found.only.code.id == "DW208"
    assert [(label.text, label.span.line) for label in found.only.related] == [("and here", 9)]


def test_other_functions_may_stand_anywhere() -> None:
    assert_marked(HEAD + "if sys.platform:\n    def helper(): ...\nelse:\n    def helper(): ...\n" + TASK + MAIN)
