"""How an attempt ended and which exit code says so: pure functions over what the supervisor saw.

An *ending* is what happened; the exit code adds whether the user's budget is spent. The table is facts of the run-time contract:
user codes never leak through, and a signal that we did not send is never the user's fault unless it is a crash of the process.
"""

from __future__ import annotations

import os

from dagwright.contract import exits
from dagwright.execution import signals

SUCCEEDED = "succeeded"
RECOVERABLE = "recoverable"
FAILED = "failed"
TIMEOUT = "timeout"
TERMINATED = "terminated"
TRANSIENT = "transient"
FATAL = "fatal"
CANCELLED = "cancelled"

COUNTS = ("ran", "cached", "lost")
"""Members of an outcome, and of a record, that tell how many elements of a map an attempt ran, found and lost, where it is for several."""

_CODES = {
    SUCCEEDED: exits.SUCCEEDED,
    FAILED: exits.USER_FAILED,
    TERMINATED: exits.TERMINATED,
    TRANSIENT: exits.SYSTEM_TRANSIENT,
    FATAL: exits.SYSTEM_FATAL,
    CANCELLED: exits.CANCELLED,
}
_BUDGETED = {
    RECOVERABLE: (exits.USER_RECOVERABLE, exits.USER_EXHAUSTED),
    TIMEOUT: (exits.TIMED_OUT, exits.TIMED_OUT_EXHAUSTED),
}


def judge(*, reported: str | None, status: int, terminated: bool, timed_out: bool) -> str:
    """Name the ending.

    Args:
        reported: The ending that the child reported before it died; ``None`` when it died without a word.
        status: The child's wait status.
        terminated: SIGTERM (or SIGINT) reached the supervisor.
        timed_out: The watchdog fired.

    Returns:
        ``SUCCEEDED`` whenever outputs are committed, whatever happened afterwards. A child killed by SIGTERM is ``TERMINATED``
        though the supervisor got none: orchestrators signal the child directly, in any order. A child killed by SIGKILL was
        the kernel's victim, for want of memory: ``TRANSIENT``. Any other death without a word is the task's own doing.
    """
    if reported == SUCCEEDED:
        return SUCCEEDED
    if timed_out:
        return TIMEOUT
    if terminated:
        return TERMINATED
    if reported is not None:
        return reported
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signals.TERMINATE:
            return TERMINATED
        if number == signals.KILL:
            return TRANSIENT
    return FAILED


def exit_code(ending: str, *, spent: int, retries: int) -> int:
    """Give the exit code; ``spent`` counts this attempt too where the user's budget pays for it."""
    budgeted = _BUDGETED.get(ending)
    if budgeted is None:
        return _CODES[ending]
    retry, exhausted = budgeted
    return retry if spent <= retries else exhausted


def is_budgeted(ending: str) -> bool:
    """Tell whether the user's retries pay for such an attempt."""
    return ending in _BUDGETED


def death_text(status: int, *, memory_kills: int | None = None, memory_limit: str = "") -> str:
    """Say how a child died that reported nothing; for what the kernel did for want of memory see ``supervisor.Ended``."""
    if not os.WIFSIGNALED(status):
        return f"the task ended its process with exit status {os.WEXITSTATUS(status)} instead of returning"
    import signal

    number = os.WTERMSIG(status)
    if number == signals.KILL and memory_kills:
        return f"the task's process was killed for want of memory ({memory_limit})"
    known = {int(member): member.name for member in signal.Signals}
    cause = _CAUSES.get(known.get(number, ""), "")
    if number == signals.KILL:
        cause = ": out of memory, most likely" if memory_kills is None else ", by another process: not for want of memory"
    return f"the task's process was killed by {known.get(number, f'signal {number}')}{cause}"


def shortage_text(memory_kills: int, memory_limit: str) -> str:
    """Say that processes which the task started were killed for want of memory: it may have failed of that."""
    what = "a process" if memory_kills == 1 else f"{memory_kills} processes"
    return f"meanwhile the kernel killed {what} of this container for want of memory ({memory_limit})"


_CAUSES = {
    "SIGSEGV": ": a crash in native code",
    "SIGBUS": ": a crash in native code",
    "SIGABRT": ": native code gave up",
}
