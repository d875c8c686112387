"""The parent of an attempt: forks the child, watches it, and says how it ended.

The parent forks before either process touches the store (a client that was used before a fork hangs in the child). It knows
nothing of tasks: ``work`` runs in the child and reports through a pipe, one JSON object a line:

* ``{"event": "inputs", "text": ...}``: what the task is given, in a few words, for whoever tells of its failure.
* ``{"event": "chunk", "first": ..., "last": ...}``: the pod runs these elements of a map, one after the other.
* ``{"event": "element", "index": ..., "text": ...}``: it is this one's turn, and what it is given.
* ``{"event": "run", "run": ...}``: what handles a failure goes on under this key.
* ``{"event": "begin"}``: the user's code starts; the timeout counts from here.
* ``{"event": "end"}``: the user's code returned; the timeout counts no longer.
* ``{"event": "outcome", "ending": ..., ...}``: the last word; what the child does afterwards changes nothing.

The child leads a session of its own, so that a timeout reaches what the task started, and the parent passes its output on.
"""

from __future__ import annotations

import os
import select
import time

from dagwright.contract.jsontext import loads
from dagwright.contract.names import TERMINATION_GRACE_S, TIMEOUT_GRACE_S
from dagwright.execution import signals
from dagwright.execution.child import become_child, flush
from dagwright.execution.ending import FAILED, RECOVERABLE, SUCCEEDED, judge
from dagwright.execution.faults import transient
from dagwright.execution.output import Passage, Tail, open_standard_descriptors
from dagwright.execution.usage import Usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from dagwright.execution.child import Work
    from dagwright.execution.memory import MemoryGroup

_CHUNK = 1 << 16
_LATE_SIGNAL_S = 1.0
"""How long a failure that may be the echo of a SIGTERM waits for the supervisor's own SIGTERM."""
_PIPE_BYTES = 1 << 20
"""What a pipe holds at most."""


class Console:
    """Where the child's output goes: file descriptors for stdout and stderr, and a prefix for every line.

    ``reports_final`` tells whether a final failure is reported here too, as a pod does; a local runner reports it itself.
    """

    __slots__ = ("err", "out", "prefix", "reports_final")

    def __init__(self, out: int = 1, err: int = 2, prefix: bytes = b"", *, reports_final: bool = True) -> None:
        self.out = out
        self.err = err
        self.prefix = prefix
        self.reports_final = reports_final


class Ended:
    """How a child ended: ``outcome`` is its last word (``None`` when it died without one), ``status`` its wait status.

    ``elements`` are those of a map that it was to run, where they are several, and ``element`` the one whose turn it was; ``inputs`` say
    what it was given, ``None`` where it ended before that was known. ``usage`` is that of all children so far. ``memory_kills`` counts
    the processes that the kernel killed for want of memory meanwhile (``None`` where it does not tell), and ``memory_limit`` says how
    much there was. ``run`` is the key under which what handles a failure went on, else empty.
    """

    __slots__ = (
        *("element", "elements", "ending", "inputs", "log", "memory_kills", "memory_limit", "outcome", "run", "status", "usage"),
        "wall_s",
    )

    def __init__(
        self,
        *,
        ending: str,
        outcome: dict[str, Any] | None,
        status: int,
        wall_s: float,
        usage: Usage,
        inputs: str | None = None,
        elements: range | None = None,
        element: int | None = None,
    ) -> None:
        self.ending = ending
        self.elements = elements
        self.element = element
        self.outcome = outcome
        self.inputs = inputs
        self.status = status
        self.log = b""
        self.run = ""
        self.wall_s = wall_s
        self.usage = usage
        self.memory_kills: int | None = None
        self.memory_limit = ""


def supervise(
    work: Work,
    *,
    timeout_s: float = 0,
    console: Console,
    lifeline: int | None = None,
    memory: MemoryGroup | None = None,
    log_folder: str | None = None,
    goes_on: Callable[[Ended], bool] | None = None,
) -> Ended:
    """Run ``work`` in a child and wait for its end.

    Args:
        work: Runs in the child; gets the function that reports. It should report an outcome; what it raises is lost.
        timeout_s: Seconds that the user's code may take; 0 is no limit.
        console: Where the child's output goes.
        lifeline: A pipe whose closing means that whoever started this process is gone: like SIGTERM.
        memory: The control group of this process, where it is known already.
        log_folder: Where the end of a long output may stand until the end; ``None`` keeps none of it.
        goes_on: Tells whether ``work`` is run once more, in a new child, after one that ended so. Not asked after a SIGTERM.

    Returns:
        How the last child ended; its log is that of all.

    Raises:
        Fault: The system gave no process.
    """
    supervisor = _Supervisor(timeout_s, console, lifeline, memory, log_folder)
    ended = supervisor.run(work)
    while goes_on is not None and not supervisor.is_terminated and goes_on(ended):
        ended = supervisor.run(work)
    ended.log = supervisor.take_log()
    return ended


class _Supervisor:
    def __init__(
        self, timeout_s: float, console: Console, lifeline: int | None, memory: MemoryGroup | None, log_folder: str | None
    ) -> None:
        self._timeout_s = timeout_s
        self._console = console
        self._lifeline = lifeline
        self.is_terminated = False
        self._usage = Usage()
        self._memory = memory
        self._tail = Tail(log_folder)
        self._started = time.monotonic()
        self._elements: range | None = None  # those of every child: a child that dies early has the same
        self._begin_anew()

    def _begin_anew(self) -> None:
        """Forget the child before."""
        self._timed_out = False
        self._deadline: float | None = None
        self._kill_at: float | None = None
        self._status: int | None = None
        self._words = b""
        self._inputs: str | None = None
        self._element: int | None = None
        self._outcome: dict[str, Any] | None = None
        self._run = ""
        self._pid = 0

    def run(self, work: Work) -> Ended:
        self._begin_anew()
        words = self._start(work)
        kills_before = self._count_kills()  # after the fork: the child begins meanwhile
        try:
            self._watch(*words)
        except BaseException:
            self._signal_child(signals.KILL)  # nobody else would end it
            raise
        finally:
            signals.wake_by(-1)
            for descriptor in (*words, *self._wake):
                os.close(descriptor)
        assert self._status is not None
        reported = self._outcome["ending"] if self._outcome else None
        ending = judge(reported=reported, status=self._status, terminated=self.is_terminated, timed_out=self._timed_out)
        ended = Ended(
            ending=ending,
            outcome=self._outcome,
            status=self._status,
            wall_s=time.monotonic() - self._started,
            usage=self._usage,
            inputs=self._inputs,
            elements=self._elements,
            element=self._element,
        )
        ended.run = self._run
        if ending != SUCCEEDED and kills_before is not None:
            self._tell_of_memory(ended, kills_before)
        return ended

    def _count_kills(self) -> int | None:
        from dagwright.execution.memory import MemoryGroup

        if self._memory is None:
            self._memory = MemoryGroup()
        return self._memory.kills()

    def _tell_of_memory(self, ended: Ended, kills_before: int) -> None:
        from dagwright.execution.memory import in_words

        assert self._memory is not None
        ended.memory_kills = max(0, (self._memory.kills() or 0) - kills_before)
        ended.memory_limit = in_words(self._memory.limit_bytes())

    def take_log(self) -> bytes:
        """Give the end of what all children printed."""
        log = self._tail.bytes()
        self._tail.close()
        return log

    def _watch(self, words: int, stdout: int, stderr: int) -> None:
        """Listen until the child is gone and what it said is passed on."""
        out, err = Passage(self._console.out, self._console.prefix), Passage(self._console.err, self._console.prefix)
        self._readers = {words: self._hear, stdout: self._pass_to(out), stderr: self._pass_to(err), self._wake[0]: _ignore}
        if self._lifeline is not None:
            self._readers[self._lifeline] = self._lose_lifeline
        self._poll = select.poll()
        for reader in self._readers:
            self._poll.register(reader, select.POLLIN | select.POLLHUP)
        while not self._reap():
            self._listen(self._next_s())
            self._keep_time()
        self._clear_up()
        out.close()
        err.close()

    def _start(self, work: Work) -> tuple[int, int, int]:
        """Fork; give the read ends of the report, of stdout and of stderr."""
        open_standard_descriptors()
        pipes = [os.pipe() for _ in range(3)]
        self._wake = os.pipe()
        for end in (*self._wake, *(pipe[0] for pipe in pipes)):
            os.set_blocking(end, False)
        ending = _ending_signals()
        signals.hold_back(ending)
        signals.on(signals.CHILD, _on_signal)  # before the fork: where it was ignored, a child that dies at once would be lost
        flush()
        try:
            self._pid = os.fork()
        except OSError as error:  # for want of processes or memory, which may pass
            signals.let_in(ending)
            raise transient(f"cannot start the task's process: {error.strerror}") from error
        if self._pid == 0:
            become_child(work, pipes, ending)
        for pipe in pipes:
            os.close(pipe[1])
        signals.wake_by(self._wake[1])
        for number in ending:
            signals.on(number, self._on_terminate)
        signals.let_in(ending)
        if self.is_terminated:  # between the last child and this one
            self._end_child()
        return pipes[0][0], pipes[1][0], pipes[2][0]

    def _on_terminate(self, _number: int, _frame: object) -> None:
        self._terminate()

    def _terminate(self) -> None:
        """Forward the first SIGTERM; the child has a grace period from there."""
        if self.is_terminated:
            return
        self.is_terminated = True
        if self._pid:
            self._end_child()

    def _end_child(self) -> None:
        self._signal_child(signals.TERMINATE)
        self._kill_at = time.monotonic() + TERMINATION_GRACE_S

    def _signal_child(self, number: int) -> None:
        try:
            os.killpg(self._pid, number)
        except (ProcessLookupError, PermissionError):
            if self._status is None:  # not yet a leader of its session
                os.kill(self._pid, number)

    def _reap(self) -> bool:
        """Collect the child, if it ended; as process 1 also whatever was left to us."""
        while self._status is None:
            try:
                pid, status, usage = os.wait4(-1 if os.getpid() == 1 else self._pid, os.WNOHANG)
            except ChildProcessError:
                break
            if pid == 0:
                break
            self._usage.add(usage)
            if pid == self._pid:
                self._status = status
        return self._status is not None

    def _next_s(self) -> float | None:
        times = [at for at in (self._deadline, self._kill_at) if at is not None]
        return max(0.0, min(times) - time.monotonic()) if times else None

    def _keep_time(self) -> None:
        now = time.monotonic()
        if self._deadline is not None and now >= self._deadline:
            self._deadline = None
            if not self.is_terminated:
                self._timed_out = True
                self._signal_child(signals.TERMINATE)
                self._kill_at = now + TIMEOUT_GRACE_S
        if self._kill_at is not None and now >= self._kill_at:
            self._kill_at = None
            self._signal_child(signals.KILL)

    def _listen(self, wait_s: float | None) -> int:
        """Take what is there to read; give how many bytes that was."""
        heard = 0
        # A millisecond more than is asked for, as poll rounds: where time is waited for, it shall be over.
        for reader, _ in self._poll.poll(wait_s and wait_s * 1000 + 1):
            try:
                chunk = os.read(reader, _CHUNK)
            except BlockingIOError:
                continue
            if not chunk:
                self._poll.unregister(reader)
            heard += len(chunk)
            self._readers[reader](chunk)
        return heard

    def _hear(self, chunk: bytes) -> None:
        *lines, self._words = (self._words + chunk).split(b"\n")
        for line in lines:
            word = loads(line)
            event = word.pop("event")
            if event == "begin" and self._timeout_s:
                self._deadline = time.monotonic() + self._timeout_s
            elif event == "inputs":
                self._inputs = word["text"]
            elif event == "chunk":
                self._elements = range(word["first"], word["last"] + 1)
            elif event == "element" and self._timed_out:  # the task outlived its SIGTERM: the next element is not to blame
                self._signal_child(signals.KILL)
            elif event == "element":
                self._element, self._inputs = word["index"], word["text"]
            elif event == "run":
                self._run = word["run"]
            elif event == "end":
                self._deadline = None
            elif event == "outcome":
                self._outcome = word
                self._deadline = None
                if self._kill_at is None:
                    self._kill_at = time.monotonic() + TIMEOUT_GRACE_S

    def _pass_to(self, passage: Passage) -> Callable[[bytes], None]:
        def take(chunk: bytes) -> None:
            self._tail.add(chunk)
            passage.write(chunk)

        return take

    def _lose_lifeline(self, chunk: bytes) -> None:
        if not chunk:
            self._terminate()

    def _clear_up(self) -> None:
        """End what the task left running, take the rest of the output, and let a late SIGTERM explain a failure."""
        self._signal_child(signals.KILL)
        left = _PIPE_BYTES * len(self._readers)  # a daemon in a session of its own may go on printing for ever
        while left > 0 and (heard := self._listen(0)):
            left -= heard
        if self._may_echo_a_signal():
            until = time.monotonic() + _LATE_SIGNAL_S
            while not self.is_terminated and time.monotonic() < until:
                self._listen(until - time.monotonic())

    def _may_echo_a_signal(self) -> bool:
        if self.is_terminated or self._timed_out or self._status is None:
            return False
        if self._outcome is None:
            return os.WIFEXITED(self._status)
        return self._outcome["ending"] in (FAILED, RECOVERABLE) and bool(self._outcome.get("handles_sigterm"))


def _ending_signals() -> tuple[int, ...]:
    """What asks an attempt to end: an orchestrator, an image's own stop signal, a terminal. A hangup may be ignored (``nohup``)."""
    asked = (signals.TERMINATE, signals.INTERRUPT, signals.QUIT)
    return asked if signals.is_ignored(signals.HANGUP) else (*asked, signals.HANGUP)


def _on_signal(_number: int, _frame: object) -> None:
    """Wake the poll up: the wake-up pipe got its byte already."""


def _ignore(_chunk: bytes) -> None:
    """A signal's byte has done its work by waking the poll."""
