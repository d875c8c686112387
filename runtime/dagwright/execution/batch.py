"""The entry of a Batch container that is more than one attempt: ``<unit> [--element | --pool N] [--attempts K]``.

``--element``
    One element of a map. Its index is that of the array's child; a list of one is no array in AWS Batch, so there it is 0.
``--pool N``
    Child *i* of a pool does the work of pods *i*, *i + N*, ... of a list whose length only the run knows, one after the other. Such work,
    an element or a chunk of them, is an attempt of the same unit in a process of its own, with its own pin, cache entry, record
    and retries; a child that Batch starts again passes over what is pinned. A failed element does not keep the others from running.
``--attempts K``
    What the user's own retries pay for is tried again in place, K times in all: Batch allows 10 attempts a job, which must also
    cover lost hosts and failures of the store.

An element that failed for good ends well all the same where its map may lose it: a failed child would fail the array and all that waits
for it.

Everything else about an attempt is ``pod``'s.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from dagwright.contract import names
from dagwright.contract.chunks import pods_of
from dagwright.contract.exits import FINAL, RETRYABLE, SUCCEEDED, SYSTEM_FATAL, TERMINATED, TIMED_OUT, USER_RECOVERABLE
from dagwright.execution import pod
from dagwright.execution.faults import Fault, fatal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

    from dagwright.execution.assignment import Assignment

_IN_PLACE = (USER_RECOVERABLE, TIMED_OUT)
"""Ends that the user's budget pays for; the runtime counts it, from the records of the run."""


def main(argv: list[str]) -> int:
    """Run what the arguments say; give the exit code of the container."""
    try:
        order = Order(argv)
        index = _number("AWS_BATCH_JOB_ARRAY_INDEX", "0")
        if order.pool:
            return _Tries().pool(order, index)
        arguments = [order.unit, str(index)] if order.element else [order.unit]
        code = pod.main(arguments) if order.attempts == 1 else _Tries().one(arguments, order.attempts)
        return _judged(_assignment(order, index), code) if order.element and code in FINAL else code
    except Fault as fault:
        return _complain(fault.text, fault.code)
    except Exception as error:  # noqa: BLE001  # the process edge: Batch must get one of our codes
        return _complain(f"internal error: {type(error).__name__}: {error}; please report it", SYSTEM_FATAL)


class Order:
    """The arguments: ``pool`` 0 is no pool.

    Raises:
        Fault: They are malformed.
    """

    __slots__ = ("attempts", "element", "pool", "unit")

    def __init__(self, argv: list[str]) -> None:
        rest = list(argv)
        self.element = _take(rest, "--element") is not None
        self.pool = _count(rest, "--pool", 0)
        self.attempts = _count(rest, "--attempts", 1)
        if len(rest) != 1 or (self.element and self.pool):
            raise fatal("usage: python3 -m dagwright.execution.batch UNIT [--element | --pool N] [--attempts K]")
        self.unit = rest[0]


class _Tries:
    """Attempts in processes of their own; SIGTERM reaches the one that runs and lets no other start."""

    def __init__(self) -> None:
        self._process: Optional[subprocess.Popen[bytes]] = None
        self._terminated = False
        signal.signal(signal.SIGTERM, self._terminate)

    def pool(self, order: Order, worker: int) -> int:
        """Run this worker's share of a list; give the code of its worst element."""
        assignment, count = _share(order)
        codes: list[int] = []
        for index in range(worker, count, order.pool):
            code = self.one([order.unit, str(index)], 1 + assignment.node.policy.retries)
            if code in FINAL and not self._terminated:
                assignment.index = index
                code = _judged(assignment, code)
            codes.append(code)
            if self._terminated:
                return TERMINATED
        failed = [code for code in codes if code != SUCCEEDED]
        return next((code for code in failed if code not in RETRYABLE), failed[0] if failed else SUCCEEDED)

    def one(self, arguments: list[str], attempts: int) -> int:
        """Try until it succeeds, fails for another reason than the user's budget pays for, or ``attempts`` are over."""
        code = TERMINATED
        first = attempts * (_number("AWS_BATCH_JOB_ATTEMPT", "1") - 1)
        for number in range(first, first + attempts):
            if self._terminated:
                return TERMINATED
            code = self._attempt(arguments, number)
            if code not in _IN_PLACE:
                break
        # An attempt that SIGTERM reaches before it listens dies of it, and Batch has no rule for that.
        return TERMINATED if self._terminated and code not in (SUCCEEDED, *FINAL) else code

    def _attempt(self, arguments: list[str], number: int) -> int:
        command = [sys.executable, "-m", "dagwright.execution", *arguments]
        # The number must grow: one that does not asks for a fresh round of retries (see ``records``).
        self._process = subprocess.Popen(command, env={**os.environ, names.ENV_ATTEMPT: str(number)})  # noqa: S603
        if self._terminated:  # the signal came before the process had its name
            self._process.terminate()
        code = self._process.wait()
        return 128 - code if code < 0 else code

    def _terminate(self, _number: int, _frame: object) -> None:
        self._terminated = True
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()


def _share(order: Order) -> tuple[Assignment, int]:
    """Read the plan, count the pods that the list asks for, and let this container's attempts find the bundle unpacked.

    Raises:
        Fault: Plan, store or list are not there.
    """
    from dagwright.execution.verdict import open_map

    assignment = _assignment(order, 0)
    return assignment, pods_of(open_map(assignment)[1].count, assignment.plan.program.map_pods)


def _assignment(order: Order, index: int) -> Assignment:
    """Read the plan for this process, and for those that it starts.

    Raises:
        Fault: It is not there.
    """
    store_url, work = os.environ.get(names.ENV_STORE), os.environ.get(names.ENV_WORK) or names.DEFAULT_WORK
    if store_url:
        os.environ[names.ENV_PLAN], os.environ[names.ENV_CODE] = pod.find_folders(os.environ, store_url, work)
    return pod.read_assignment([order.unit, str(index)], os.environ)


def _judged(assignment: Assignment, code: int) -> int:
    from dagwright.execution.verdict import judge_element

    return judge_element(assignment, code)


def _number(variable: str, default: str) -> int:
    text = os.environ.get(variable, default)
    if not text.isascii() or not text.isdigit():
        raise fatal(f"{variable} is {text!r}, no number from 0")
    return int(text)


def _take(rest: list[str], option: str) -> Optional[str]:
    if option not in rest:
        return None
    rest.remove(option)
    return option


def _count(rest: list[str], option: str, default: int) -> int:
    if option not in rest:
        return default
    place = rest.index(option)
    text = rest[place + 1] if place + 1 < len(rest) else ""
    if not text.isdigit() or int(text) < 1:
        raise fatal(f"{option} takes a number from 1, not {text!r}")
    del rest[place : place + 2]
    return int(text)


def _complain(text: str, code: int) -> int:
    os.write(2, f"dagwright: {' '.join(text.split())} (exit {code})\n".encode("utf-8", "backslashreplace"))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
