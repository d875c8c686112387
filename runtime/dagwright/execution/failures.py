"""The user's failures: which exceptions are theirs, which may be retried, and their traceback without our frames.

Input: an exception. Output: plain JSON data for the report, the error document and the pod's log.
"""

from __future__ import annotations

import os
import signal

from dagwright.execution.ending import FAILED, RECOVERABLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    import traceback
    from types import FrameType, TracebackType
    from typing import Any

_LONGEST_TEXT = 64 << 10
_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_OUR_PACKAGES = ("dagwright", "dagwright_local", "dagwright_compiler")
_MACHINERY = ("<frozen importlib", "<frozen zipimport")


def is_recoverable(error: BaseException) -> bool:
    """Tell whether the user asked for a retry: a subclass of ``RecoverableError``, under whatever name it was imported."""
    from dagwright.authoring.errors import RecoverableError

    return isinstance(error, RecoverableError)


def outcome_of(error: BaseException) -> dict[str, Any]:
    """Describe a user's exception for the supervisor."""
    return {
        "ending": RECOVERABLE if is_recoverable(error) else FAILED,
        "error": describe(error),
        "handles_sigterm": _may_come_from_a_signal(error),
    }


def describe(error: BaseException) -> dict[str, Any]:
    """Give type, message, traceback and chain of causes as JSON data."""
    return {
        "exc_type": _qualified(type(error)),
        "message": message_of(error),
        "traceback": user_traceback(error),
        "cause_chain": _chain(error),
    }


def user_traceback(error: BaseException) -> str:
    """Format an exception with the frames that are not ours, causes included; the middle is cut past 64 KiB."""
    import traceback

    rendered = traceback.TracebackException.from_exception(error)
    seen: set[int] = set()
    pending = [rendered]
    while pending:
        part = pending.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        _drop_our_frames(part)
        nested = (part.__cause__, part.__context__, *(getattr(part, "exceptions", None) or ()))
        pending.extend(inner for inner in nested if inner is not None)
    return _cut("".join(rendered.format()))


def _cut(text: str) -> str:
    """Leave out the middle of a text over 64 KiB."""
    if len(text) <= _LONGEST_TEXT:
        return text
    half = _LONGEST_TEXT // 2
    return f"{text[:half]}\n  [... {len(text) - _LONGEST_TEXT} characters left out ...]\n{text[-half:]}"


def with_user_frames(error: BaseException) -> BaseException:
    """Take our own frames, and those of the import machinery, out of an exception's traceback; give the exception."""
    kept: list[TracebackType] = []
    trace = error.__traceback__
    while trace is not None:
        if not _is_ours(trace.tb_frame):
            kept.append(trace)
        trace = trace.tb_next
    users: TracebackType | None = None
    for trace in reversed(kept):
        users = type(trace)(users, trace.tb_frame, trace.tb_lasti, trace.tb_lineno)
    return error.with_traceback(users)


def _is_ours(frame: FrameType) -> bool:
    package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    return package in _OUR_PACKAGES or frame.f_code.co_filename.startswith(_MACHINERY)


def _drop_our_frames(part: traceback.TracebackException) -> None:
    part.stack[:] = [
        frame for frame in part.stack if not frame.filename.startswith(_OURS) and not frame.filename.startswith(_MACHINERY)
    ]


def _qualified(kind: type) -> str:
    return kind.__qualname__ if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}.{kind.__qualname__}"


def message_of(error: BaseException) -> str:
    """Give an exception's own words; the middle is cut past 64 KiB."""
    try:
        return _cut(str(error))
    except Exception as broken:  # noqa: BLE001  # a user's __str__ may raise anything
        return f"<the message cannot be made: {type(broken).__name__}>"


def _chain(error: BaseException) -> list[str]:
    chain: list[str] = []
    seen = {id(error)}
    inner = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    while inner is not None and id(inner) not in seen and len(chain) < 20:
        seen.add(id(inner))
        chain.append(f"{_qualified(type(inner))}: {message_of(inner)[:500]}")
        inner = inner.__cause__ or (None if inner.__suppress_context__ else inner.__context__)
    return chain


def _may_come_from_a_signal(error: BaseException) -> bool:
    """A task that handles SIGTERM by raising looks like one that failed: the supervisor then waits for its own SIGTERM."""
    return isinstance(error, (SystemExit, KeyboardInterrupt)) or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
