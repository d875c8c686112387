"""A container of the emulator: a process with a fresh folder and a bare environment, watched as Batch's agent does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from dagwright.contract.names import ENV_WORK

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class End(NamedTuple):
    """How an attempt ended; ``exit_code`` is ``None`` when its host was lost."""

    exit_code: int | None
    reason: str = ""
    status_reason: str = ""
    timed_out: bool = False


class Containers:
    """Runs containers and ends those that still run when it is told to."""

    def __init__(self, *, environment: Mapping[str, str], on_line: Callable[[str], None] | None, stop_timeout_s: float) -> None:
        """Prepare.

        Args:
            environment: Variables that every container gets.
            on_line: Takes each line of output, behind the container's name.
            stop_timeout_s: From a timeout's SIGTERM to its SIGKILL.
        """
        self._environment = environment
        self._on_line = on_line
        self._stop_timeout_s = stop_timeout_s
        self._processes: set[subprocess.Popen[str]] = set()

    def run(
        self, name: str, command: Sequence[str], variables: Mapping[str, str], *, timeout_s: float | None, is_lost: bool
    ) -> End:
        """Run one attempt to its end; ``is_lost`` takes its host away at once."""
        with TemporaryDirectory(prefix="dagwright-batch-", ignore_cleanup_errors=True) as folder:
            process = self._start(command, variables, folder)
            if is_lost:
                _signal(process, signal.SIGKILL)
            timed_out = threading.Event()
            timers = [] if timeout_s is None else self._timers(timeout_s, process, timed_out)
            self._pass_output(name, process)
            code = process.wait()
            for timer in timers:
                timer.cancel()
            self._processes.discard(process)
        if is_lost:
            return End(None, status_reason="Host EC2 (instance i-0123456789abcdef0) terminated.")
        if timed_out.is_set():
            return End(_exit_code(code), status_reason="Job attempt duration exceeded timeout", timed_out=True)
        return End(_exit_code(code), reason="Essential container in task exited")

    def stop(self) -> None:
        """End every container that runs, as Batch does: SIGTERM, which the runtime hands on to the task's own process group."""
        for process in tuple(self._processes):
            _signal(process, signal.SIGTERM)

    def _start(self, command: Sequence[str], variables: Mapping[str, str], folder: str) -> subprocess.Popen[str]:
        # A Python of the image is this interpreter, and the image's file system is the folder.
        program = sys.executable if os.path.basename(command[0]).startswith("python") else command[0]  # noqa: PTH119
        base = {"PATH": os.environ.get("PATH", os.defpath), "HOME": folder, "TMPDIR": folder}
        process = subprocess.Popen(  # noqa: S603  # the command is the plan's own
            [program, *command[1:]],
            cwd=folder,
            env={**base, **self._environment, **variables, ENV_WORK: f"{folder}/work"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        self._processes.add(process)
        return process

    def _timers(self, seconds: float, process: subprocess.Popen[str], timed_out: threading.Event) -> list[threading.Timer]:
        def end_politely() -> None:
            timed_out.set()
            _signal(process, signal.SIGTERM)

        timers = [
            threading.Timer(seconds, end_politely),
            threading.Timer(seconds + self._stop_timeout_s, _signal, (process, signal.SIGKILL)),
        ]
        for timer in timers:
            timer.daemon = True
            timer.start()
        return timers

    def _pass_output(self, name: str, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                if self._on_line is not None:
                    self._on_line(f"{name} | {line.rstrip()}")


def _exit_code(code: int) -> int:
    """As a container's: 128 and the number of the signal that ended it."""
    return 128 - code if code < 0 else code


def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
