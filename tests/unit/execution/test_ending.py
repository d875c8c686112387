from __future__ import annotations

import signal

import pytest

from dagwright.contract import exits
from dagwright.execution.ending import (
    FAILED,
    FATAL,
    RECOVERABLE,
    SUCCEEDED,
    TERMINATED,
    TIMEOUT,
    TRANSIENT,
    death_text,
    exit_code,
    judge,
)


def exited(code: int) -> int:
    return code << 8


@pytest.mark.parametrize(
    ("reported", "status", "terminated", "timed_out", "ending"),
    [
        (SUCCEEDED, exited(0), False, False, SUCCEEDED),
        (SUCCEEDED, signal.SIGSEGV, True, True, SUCCEEDED),
        (FAILED, exited(0), False, False, FAILED),
        (FAILED, exited(0), True, False, TERMINATED),
        (FAILED, exited(0), False, True, TIMEOUT),
        (RECOVERABLE, exited(0), True, True, TIMEOUT),
        (TRANSIENT, exited(0), False, False, TRANSIENT),
        (FATAL, exited(0), False, False, FATAL),
        (None, exited(0), False, False, FAILED),
        (None, exited(75), False, False, FAILED),
        (None, signal.SIGSEGV, False, False, FAILED),
        (None, signal.SIGABRT, False, False, FAILED),
        (None, signal.SIGTERM, False, False, TERMINATED),
        (None, signal.SIGKILL, False, False, TRANSIENT),
        (None, signal.SIGKILL, True, False, TERMINATED),
        (None, signal.SIGKILL, False, True, TIMEOUT),
    ],
)
def test_what_the_supervisor_saw_names_the_ending(
    reported: str | None, status: int, terminated: bool, timed_out: bool, ending: str
) -> None:
    assert judge(reported=reported, status=status, terminated=terminated, timed_out=timed_out) == ending


@pytest.mark.parametrize(
    ("ending", "retried", "exhausted"),
    [
        (SUCCEEDED, 0, 0),
        (RECOVERABLE, exits.USER_RECOVERABLE, exits.USER_EXHAUSTED),
        (TIMEOUT, exits.TIMED_OUT, exits.TIMED_OUT_EXHAUSTED),
        (FAILED, exits.USER_FAILED, exits.USER_FAILED),
        (TERMINATED, exits.TERMINATED, exits.TERMINATED),
        (TRANSIENT, exits.SYSTEM_TRANSIENT, exits.SYSTEM_TRANSIENT),
        (FATAL, exits.SYSTEM_FATAL, exits.SYSTEM_FATAL),
    ],
)
def test_the_users_budget_decides_between_retry_and_final_only_where_it_pays(ending: str, retried: int, exhausted: int) -> None:
    assert [exit_code(ending, spent=spent, retries=2) for spent in (1, 2, 3)] == [retried, retried, exhausted]
    assert exit_code(ending, spent=1, retries=0) == exhausted


def test_a_silent_death_is_told_by_signal_or_status() -> None:
    assert death_text(signal.SIGKILL) == "the task's process was killed by SIGKILL: out of memory, most likely"
    assert "signal 60" in death_text(60)
    assert "exit status 3" in death_text(exited(3))
