"""The clean process that attempts are forked from: small, single-threaded, without the compiler, and never near a store.

Started by ``dagwright run``; imports the runtime once, so that an attempt costs two forks. Orders come as JSON lines on standard
input, the first one for the whole run; for each attempt that ended a line goes to standard output, from its supervisor, or from here where
that died. When the input closes, whoever gave the orders is gone or done: what still runs is terminated.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
from importlib import import_module
from typing import TYPE_CHECKING, Any

from dagwright.execution import closing, signals
from dagwright.execution.assignment import Assignment
from dagwright.execution.faults import Fault
from dagwright.execution.memory import MemoryGroup
from dagwright.execution.output import open_standard_descriptors, write_all
from dagwright.execution.plan_view import NodeView, PlanView, read_plan
from dagwright.execution.pod import pickle_policy, supervise_attempt
from dagwright.execution.supervisor import Console

if TYPE_CHECKING:
    from collections.abc import Callable

    Order = dict[str, Any]

CLOSED_FILE = "closed.json"
"""In an attempt's folder: how it ended, where a line that is written at once has no room for that."""
_TOLD = 255
"""Exit status of a supervisor that has told by itself how its attempt ended."""
OUTPUTS_FILE = "outputs.json"
_PRELOADED = (
    "atexit",
    "dagwright.authoring.mapping",
    "dagwright.authoring.tasks",
    "dagwright.authoring.workflows",
    "dagwright.compat.finders",
    "dagwright.execution.attempt",
    "dagwright.execution.input_text",
    "dagwright.execution.records",
    "dagwright.execution.usage",
    "dagwright.store.files",
    "dagwright.values",
    "dagwright_local.collect",
    "resource",
)
"""What attempts import when they need it: here once, not in each of them. No client of an object store is among them."""


def main() -> None:
    """Serve one run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C reaches the supervisors by themselves
    open_standard_descriptors()
    for name in _PRELOADED:
        import_module(name)
    gc.freeze()  # what attempts share stays shared: the collector of a child would touch, and so copy, every page
    first, _, orders = _first_line()
    if first:
        _Server(json.loads(first), orders).serve()


def _first_line() -> tuple[bytes, bytes, bytes]:
    """Read until the first line is whole; what came with it are orders, which a buffered reader would keep from ``poll``."""
    pieces = [b""]
    while b"\n" not in pieces[-1]:
        pieces.append(os.read(0, 1 << 16))
        if not pieces[-1]:
            return b"", b"", b""
    return b"".join(pieces).partition(b"\n")


class _Server:
    def __init__(self, setup: Order, orders: bytes) -> None:
        self._setup = setup
        self._plan: PlanView = read_plan(setup["plan"])
        self._memory = MemoryGroup()
        self._children: dict[int, int] = {}
        self._orders = orders
        self._lifeline = os.pipe()
        self._wake = os.pipe()
        for end in self._wake:
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wake[1], warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    def serve(self) -> None:
        poll = select.poll()
        poll.register(0, select.POLLIN | select.POLLHUP)
        poll.register(self._wake[0], select.POLLIN)
        self._take(b"")
        while True:
            for source, _ in poll.poll():
                data = os.read(source, 1 << 16)
                if source == 0:
                    if not data:
                        self._end()
                        return
                    self._take(data)
            self._reap()

    def _take(self, data: bytes) -> None:
        """Start what whole lines order; keep the rest of the last one."""
        *lines, self._orders = (self._orders + data).split(b"\n")
        for line in lines:
            self._start(json.loads(line))

    def _start(self, order: Order) -> None:
        """Fork the process of one order."""
        work = self._collect if order["unit"] is None else self._attempt
        if order["unit"] is not None:
            self._node(order["unit"])  # parsed here once, not in every attempt
        pid = os.fork()
        if pid == 0:
            self._become(work, order)
        self._children[pid] = order["id"]

    def _become(self, work: Callable[[Order], int], order: Order) -> None:
        code = 82
        try:
            signal.set_wakeup_fd(-1)
            signals.on(signal.SIGCHLD, signals.DEFAULT)
            os.close(self._lifeline[1])
            code = work(order)
        except Fault as fault:
            code = fault.code
            os.write(2, f"dagwright: {fault.text} (exit {code})\n".encode("utf-8", "backslashreplace"))
        except Exception as error:  # noqa: BLE001  # the process edge
            text = f"dagwright: internal error: {type(error).__name__}: {error}; please report it\n"
            os.write(2, text.encode("utf-8", "backslashreplace"))
        finally:
            os._exit(code)

    def _attempt(self, order: Order) -> int:
        """Supervise one attempt, and leave word of how it ended."""
        assignment = self._assignment(order)
        console = Console(out=2, err=2, prefix=order["prefix"].encode(), reports_final=False)
        closed = closing.close(assignment, supervise_attempt(assignment, console, self._lifeline[0], self._memory), console)
        word = {"code": closed.code, "state": closed.state, "error": closed.error, "counts": closed.counts}
        line = json.dumps({"id": order["id"], "closed": word}).encode() + b"\n"
        if len(line) <= select.PIPE_BUF:  # else lines of two supervisors could mix
            write_all(1, line)
            return _TOLD
        os.makedirs(order["work"], exist_ok=True)  # noqa: PTH103
        with open(os.path.join(order["work"], CLOSED_FILE), "wb", buffering=0) as file:  # noqa: PTH118, PTH123
            write_all(file.fileno(), json.dumps(word).encode())
        return closed.code

    def _collect(self, order: Order) -> int:
        """Write the outputs of the run as JSON for people."""
        from dagwright_local.collect import collect

        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1):  # orders and answers: not for the user's modules, whose prints the attempts have passed on
            os.dup2(null, descriptor)
        path = os.path.join(order["work"], OUTPUTS_FILE)  # noqa: PTH118
        return collect(self._plan.program, self._setup, path)

    def _assignment(self, order: Order) -> Assignment:
        setup = self._setup
        return Assignment(
            self._plan,
            order["unit"],
            index=order["index"],
            hint=order["attempt"],
            run=setup["run"],
            store_url=setup["store"],
            code=tuple(setup["code"]),
            work=order["work"],
            inputs=setup["inputs"],
            cache=setup["cache"],
            pickle=pickle_policy(setup["pickle"]),
            project=setup["project"],
            domain=setup["domain"],
            environment=self._node(order["unit"]).policy.environment,
            alone=setup.get("alone", False),
        )

    def _node(self, unit: str) -> NodeView:
        return self._plan.of_unit(unit).program.node(self._plan.unit(unit)["node"])

    def _reap(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
            number = self._children.pop(pid)
            if code != _TOLD:
                os.write(1, json.dumps({"id": number, "code": code}).encode() + b"\n")

    def _end(self) -> None:
        """Terminate what still runs; supervisors forward the signal and keep their grace periods."""
        for pid in self._children:
            os.kill(pid, signal.SIGTERM)
        for pid in self._children:
            os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
