"""Follows one run until it ends, over streams that are cut, expire or fall silent.

Input: a server and a run's name. Output: every state that is seen, the last one ended.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from dagwright_argo_client.refusals import Refused
from dagwright_argo_client.runs import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dagwright_argo_client.transport import Server

_MOST_FAILURES = 6
"""Looks in a row that may fail, with pauses of a minute in all between them."""
_LONGEST_PAUSE_S = 20.0
_POLL_S = 5.0
"""Between two looks where the token may read workflows and not watch them."""


def follow(server: Server, namespace: str, name: str, *, pause: Callable[[float], None] = time.sleep) -> Iterator[Run]:
    """Give the run as it is, and again after every change, until it has ended.

    A stream says nothing about what happened before it began, so each one begins with a look at the run itself.

    Raises:
        Refused: The run is not there or may not be read, or the server does not answer for a minute; the run goes on by itself.
    """
    failures = 0
    can_watch = True
    while True:
        try:
            run = Run(server.get(namespace, name))
        except Refused as refused:
            failures += 1
            if not refused.is_passing or failures >= _MOST_FAILURES:
                raise _told(refused, name) from refused
            pause(min(2.0**failures, _LONGEST_PAUSE_S))
            continue
        failures = 0
        yield run
        if run.has_ended:
            return
        if not can_watch:
            pause(_POLL_S)
            continue
        try:
            with server.watch(namespace, name) as changes:
                for item in changes:
                    run = Run(item)
                    yield run
                    if run.has_ended:
                        return
        except Refused as refused:
            if not refused.is_passing:
                can_watch = False
        pause(1.0)


def _told(refused: Refused, name: str) -> Refused:
    if not refused.is_passing:
        return refused
    return Refused(
        f"lost sight of {name}, which goes on by itself: {refused.text}",
        f"`dagwright status {name} --watch` follows it again",
        status=refused.status,
    )
