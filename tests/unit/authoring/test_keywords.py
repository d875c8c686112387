"""The decorators take exactly the keywords that the compiler reads."""

from __future__ import annotations

from dagwright.authoring import keywords
from dagwright_compiler.frontend import policy_keywords


def test_a_task_takes_what_the_compiler_reads() -> None:
    assert set(policy_keywords.TASK_READERS) == keywords.TASK


def test_a_workflow_takes_what_the_compiler_reads() -> None:
    assert set(policy_keywords.WORKFLOW_READERS) == keywords.WORKFLOW


def test_a_keyword_that_is_refused_as_not_supported_yet_is_so_by_the_compiler_too() -> None:
    assert set(policy_keywords.NOT_YET) == keywords.TASK_UNSUPPORTED | keywords.WORKFLOW_UNSUPPORTED
    assert not keywords.TASK & keywords.TASK_UNSUPPORTED
    assert not keywords.WORKFLOW & keywords.WORKFLOW_UNSUPPORTED
