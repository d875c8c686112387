"""Follows one run until it ends, over streams that are cut, expire or fall silent.

Input: a server and a run's name. Output: every state that is seen, the last one ended.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from dagwright_argo_client.refusals import Refused
from dagwright_argo_client.runs import Run
from dagwright_argo_client.stalls import explained, reasons_of
from dagwright_argo_client.texts import duration_text
from dagwright_argo_client.transport import ANSWER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dagwright_argo_client.transport import Server

_MOST_FAILURES = 6
"""Looks in a row that may fail, with pauses of a minute in all between them."""
_LONGEST_PAUSE_S = 20.0
_POLL_S = 5.0
"""Between two looks where the token may read workflows and not watch them."""
_STALLED_S = 15.0
"""The same while something does not start: nothing changes then, and the cluster may tell meanwhile why."""


class Patience:
    """How long a run is waited for; without a number, for good."""

    def __init__(self, seconds: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin to wait."""
        self.seconds = seconds
        self._clock = clock
        self._end = None if seconds is None else clock() + seconds

    def is_over(self) -> bool:
        """Whether it has been waited for long enough."""
        return self._end is not None and self._clock() >= self._end

    def within(self, seconds: float) -> float:
        """So many seconds, or as many as are left."""
        return seconds if self._end is None else max(0.1, min(seconds, self._end - self._clock()))


FOR_GOOD = Patience()


def follow(
    server: Server, namespace: str, name: str, *, pause: Callable[[float], None] = time.sleep, patience: Patience = FOR_GOOD
) -> Iterator[Run]:
    """Give the run as it is, and again after every change, until it has ended.

    A stream says nothing about what happened before it began, so each one begins with a look at the run itself.

    Raises:
        Refused: The run is not there or may not be read, or the server does not answer for a minute, or it has been waited for long enough; the
            run goes on by itself.
    """
    failures = 0
    can_watch = True
    while True:
        try:
            run = Run(server.get(namespace, name))
        except Refused as refused:
            failures += 1
            if not refused.is_passing or failures >= _MOST_FAILURES or patience.is_over():
                raise _told(refused, name) from refused
            pause(patience.within(min(2.0**failures, _LONGEST_PAUSE_S)))
            continue
        failures = 0
        if not run.has_ended:
            run = explained(run, server, namespace, time.time())
        yield run
        if run.has_ended:
            return
        if patience.is_over():
            raise impatient(run, patience)
        if not can_watch:
            pause(patience.within(_POLL_S))
            continue
        try:
            silence_s = _STALLED_S if is_stalled(run) else ANSWER_S
            with server.watch(namespace, name, patience_s=patience.within(silence_s)) as changes:
                for item in changes:
                    run = Run(item, run.words)
                    yield run
                    if run.has_ended:
                        return
                    if patience.is_over():
                        break
        except Refused as refused:
            if not refused.is_passing:
                can_watch = False
        pause(patience.within(1.0))


def is_stalled(run: Run) -> bool:
    """Whether something of the run has not started, or all of it."""
    return not run.phase or bool(reasons_of(run))


def impatient(run: Run, patience: Patience) -> Refused:
    """Say that a run takes longer than it was to be waited for, and what it waits for."""
    reasons = "; ".join(reasons_of(run)[:_MOST_REASONS])
    return Refused(
        f"{run.name} has not ended within {duration_text(patience.seconds or 0)} and goes on by itself{f' ({reasons})' if reasons else ''}",
        f"`dagwright status {run.name} --watch` follows it again, `dagwright stop {run.name}` ends it",
    )


_MOST_REASONS = 3


def _told(refused: Refused, name: str) -> Refused:
    if not refused.is_passing:
        return refused
    return Refused(
        f"lost sight of {name}, which goes on by itself: {refused.text}",
        f"`dagwright status {name} --watch` follows it again",
        status=refused.status,
    )
