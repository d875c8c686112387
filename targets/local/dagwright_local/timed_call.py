"""A call with a timeout, in a process of its own: the one way to end code that does not listen.

The function runs in a forked child under the same supervisor as in a pod. Store and cache stay with the caller, whose client would
not survive a fork.
"""

from __future__ import annotations

import os
import pickle
import signal
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from dagwright.authoring.errors import RecoverableError
from dagwright.execution.ending import FAILED, SUCCEEDED, TERMINATED, TIMEOUT, death_text
from dagwright.execution.failures import is_recoverable, message_of, user_traceback, with_user_frames
from dagwright.execution.faults import UserFailure
from dagwright.execution.supervisor import Console, Ended, supervise

if TYPE_CHECKING:
    from collections.abc import Callable

    from dagwright.execution.child import Report


class TaskTimeoutError(TimeoutError):
    """A task ran longer than its timeout, in every attempt that it had."""


class TaskDiedError(RuntimeError):
    """A task ended without returning: ``sys.exit``, and in a process of its own ``os._exit``, a crash in native code or the kernel's killer."""


class _RemoteTraceback(Exception):  # noqa: N818  # stands where a traceback would, as in multiprocessing
    """The traceback of another process, as text."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


def call_timed(work: Callable[[], Any], timeout_s: float) -> Any:
    """Run ``work`` in a forked process and give what it returned (which must pickle).

    Raises:
        UserFailure: The work raised it, took too long, or died.
        KeyboardInterrupt: The process was terminated together with this one.
    """
    result, verdict, lifeline = os.pipe(), os.pipe(), os.pipe()
    with warnings.catch_warnings():
        # Python warns of forks beside threads; the child runs nothing but the user's function.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        os.close(lifeline[1])
        _supervise(work, timeout_s, result[1], verdict[1], lifeline[0])
    for end in (result[1], verdict[1], lifeline[0]):
        os.close(end)
    try:
        with os.fdopen(result[0], "rb") as pipe:
            returned = pipe.read()
        with os.fdopen(verdict[0], "rb") as pipe:
            ending, text = pickle.loads(pipe.read() or _NO_VERDICT)  # noqa: S301  # our own child's bytes
    except BaseException:
        os.kill(pid, signal.SIGTERM)
        raise
    finally:
        with suppress(ChildProcessError):  # a program may ignore SIGCHLD: its children leave no status
            os.waitpid(pid, 0)
        os.close(lifeline[1])
    return _outcome(ending, text, returned)


_NO_VERDICT = pickle.dumps((FAILED, "the supervisor of the task's process died"))


def _outcome(ending: str, text: str, returned: bytes) -> Any:
    if ending == SUCCEEDED:
        return pickle.loads(returned)  # noqa: S301  # our own child's bytes
    if ending == TIMEOUT:
        raise UserFailure(TaskTimeoutError(text))
    if ending == TERMINATED:
        raise KeyboardInterrupt
    if text:
        raise UserFailure(TaskDiedError(text))
    raise UserFailure(pickle.loads(returned))  # noqa: S301  # our own child's bytes


def _supervise(work: Callable[[], Any], timeout_s: float, result: int, verdict: int, lifeline: int) -> None:
    """Be the supervisor; never returns."""
    status = 1
    try:
        ended = supervise(_reporting(work, result), timeout_s=timeout_s, console=Console(), lifeline=lifeline)
        os.write(verdict, pickle.dumps((ended.ending, _text(ended, timeout_s))))
        status = 0
    finally:
        os._exit(status)


def _text(ended: Ended, timeout_s: float) -> str:
    if ended.ending == TIMEOUT:
        return f"the task ran longer than its timeout of {timeout_s:g} s"
    if ended.outcome is not None:
        return ""
    return death_text(ended.status, memory_kills=ended.memory_kills, memory_limit=ended.memory_limit)


def _reporting(work: Callable[[], Any], result: int) -> Callable[[Report], None]:
    """Make the child's work: run, send what came of it, say the outcome."""

    def run(report: Report) -> None:
        report({"event": "begin"})
        try:
            try:
                returned = work()
            finally:
                report({"event": "end"})
            data, ending = pickle.dumps(returned), SUCCEEDED
        except UserFailure as failure:
            data, ending = _portable(failure.error), FAILED
        except Exception as error:  # noqa: BLE001  # what a user returns may fail to pickle in any way
            data, ending = _portable(error), FAILED
        with os.fdopen(result, "wb") as pipe:
            pipe.write(data)
        report({"event": "outcome", "ending": ending})

    return run


def _portable(error: BaseException) -> bytes:
    """Pickle an exception so that it surely unpickles; its traceback travels as text."""
    text = user_traceback(with_user_frames(error))
    error.__cause__ = None
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  # made one line up
    except Exception:  # noqa: BLE001  # a user's exception may fail to pickle in any way
        kind = RecoverableError if is_recoverable(error) else RuntimeError
        error = kind(f"{type(error).__name__}: {message_of(error)}")
    return pickle.dumps(_Carried(error, text))


class _Carried:
    """An exception with its traceback as the cause: pickle drops both."""

    def __init__(self, error: BaseException, text: str) -> None:
        self._error = error
        self._text = text

    def __reduce__(self) -> tuple[Callable[..., BaseException], tuple[BaseException, str]]:
        return _restored, (self._error, self._text)


def _restored(error: BaseException, text: str) -> BaseException:
    error.__cause__ = _RemoteTraceback(text)
    return error
