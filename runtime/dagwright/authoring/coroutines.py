"""Coroutines of async tasks: run to their end wherever a task's value is wanted.

An attempt has no event loop of its own, so one is made for each call. Where a loop runs already, as in a notebook, a thread gets the
other one: loops do not nest.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine
    from types import TracebackType
    from typing import Any


async def _nothing() -> None:
    """Stands here for its type, which ``types`` would have to be imported for."""


_sample = _nothing()
_COROUTINE = type(_sample)
_sample.close()
del _sample


def is_coroutine(value: object) -> bool:
    """Tell what an async function returns when it is called."""
    return type(value) is _COROUTINE


def finished(value: Any) -> Any:
    """Give what a function came to: its value, or what its coroutine returns."""
    return _run(value) if type(value) is _COROUTINE else value


def _run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    failure: BaseException
    try:
        return _in_thread(coroutine) if _is_loop_running() else _in_loop(coroutine)
    except BaseException as error:  # noqa: BLE001  # raised again without the event loop's own frames, which say nothing about the task
        failure = error.with_traceback(_from_coroutine(error.__traceback__, coroutine))
    raise failure


def _in_loop(coroutine: Coroutine[Any, Any, Any]) -> Any:
    import asyncio

    return asyncio.run(coroutine)


def _is_loop_running() -> bool:
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and asyncio._get_running_loop() is not None  # noqa: SLF001  # get_running_loop raises where there is none


def _in_thread(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run in a thread that counts as part of this one's attempt and sees its context variables."""
    from contextvars import copy_context
    from threading import Thread

    from dagwright.authoring.calls import running_attempt

    variables, attempt = copy_context(), running_attempt()
    outcome: list[tuple[Any, BaseException | None]] = []

    def work() -> None:
        if attempt is not None:
            sys.modules["dagwright.execution.context"].enter(attempt)
        try:
            outcome.append((variables.run(_in_loop, coroutine), None))
        except BaseException as error:  # noqa: BLE001  # raised again where the value is wanted
            outcome.append((None, error))

    thread = Thread(target=work, name="dagwright-async-task", daemon=True)
    thread.start()
    thread.join()
    value, error = outcome[0]
    if error is not None:
        raise error
    return value


def _from_coroutine(trace: TracebackType | None, coroutine: Coroutine[Any, Any, Any]) -> TracebackType | None:
    """The part of a traceback that begins in the coroutine; all of it where the coroutine is not on the way."""
    found = trace
    while found is not None:
        if found.tb_frame.f_code is coroutine.cr_code:  # type: ignore[attr-defined]  # Coroutine is wider than what async functions give
            return found
        found = found.tb_next
    return trace
