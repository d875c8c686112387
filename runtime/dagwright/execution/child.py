"""The child's side of the fork: its session, signals and standard streams, the work, and how it leaves.

The user's code runs here and may do anything to its process: close or replace streams, leave threads, fork. Whatever it does, what
was printed leaves, exit handlers run, and only this process itself speaks to the supervisor.
"""

from __future__ import annotations

import io
import os
import sys

from dagwright.contract.jsontext import dumps
from dagwright.execution import signals
from dagwright.execution.ending import FATAL
from dagwright.execution.faults import UserFailure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, TextIO

    Report = Callable[[dict[str, Any]], None]
    Work = Callable[[Report], None]

STREAMS = ("stdout", "stderr", "__stdout__", "__stderr__")


def become_child(work: Work, pipes: list[tuple[int, int]], ending: tuple[int, ...]) -> None:
    """Turn the forked process into the child and run the work; never returns.

    Args:
        work: What to run; gets the function that reports.
        pipes: For reports, stdout and stderr, in this order.
        ending: Signals that the supervisor handles: blocked when this is called.
    """
    status = 1
    try:
        import atexit

        atexit._clear()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # what the parent registered is the parent's to run
        os.setsid()
        signals.wake_by(-1)
        for number in (*ending, signals.CHILD):
            signals.on(number, signals.DEFAULT)
        signals.on(signals.INTERRUPT, signals.RAISE)
        signals.let_in(ending)
        null = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((null, 0), (pipes[1][1], 1), (pipes[2][1], 2)):
            os.dup2(source, target)
        for pipe in pipes:
            os.close(pipe[0])
        report = _reporter(pipes[0][1])
        try:
            _open_streams()
            work(report)
        except Exception as error:  # noqa: BLE001  # the process edge: what is not the task's doing is not laid at its door
            import traceback

            text = f"internal error beside the task: {type(error).__name__}: {error}; please report it"
            report({"event": "outcome", "ending": FATAL, "text": " ".join(text.split()), "internal": traceback.format_exc()})
        status = 0
    finally:
        _leave(status)


def flush() -> None:
    """Write out what is buffered: before a fork, else both processes would; before the end, else nobody would."""
    for name in STREAMS:
        stream = getattr(sys, name, None)
        if stream is None:
            continue
        try:
            stream.flush()
        except Exception:  # noqa: BLE001, S112  # closed, without a reader, or the user's own, which may raise anything
            continue


def _reporter(descriptor: int) -> Report:
    """Make the function that reports. A process that the user's code forked and that came back to us ends there: it has no say."""
    own = os.getpid()

    def report(word: dict[str, Any]) -> None:
        if os.getpid() != own:
            _leave(_status_of_fork())
        data = memoryview(dumps(word).encode("ascii") + b"\n")
        while data:
            data = data[os.write(descriptor, data) :]

    return report


def _status_of_fork() -> int:
    """Give the exit status that Python itself would end a forked process with, and print what it would print."""
    failure = sys.exc_info()[1]
    error = failure.error if isinstance(failure, UserFailure) else None
    if error is None:
        return 0
    if not isinstance(error, SystemExit):
        sys.excepthook(type(error), error, error.__traceback__)
        return 1
    if error.code is None or isinstance(error.code, int):
        return (error.code or 0) & 0xFF
    sys.stderr.write(f"{error.code}\n")
    return 1


def _open_streams() -> None:
    """Open stdout and stderr anew on the pipes: UTF-8 whatever the image's locale, and lines leave at once.

    Where the image asks for it (``PYTHONUNBUFFERED``), what is less than a line leaves at once, too.
    """
    stream: TextIO
    at_once = bool(os.environ.get("PYTHONUNBUFFERED"))
    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        if at_once:
            raw = io.FileIO(descriptor, "w", closefd=False)
            stream = io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", write_through=True)
            vars(stream)["mode"] = "w"  # as ``open`` sets it
        else:
            stream = open(descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _leave(status: int) -> None:
    """End the process: the user's exit handlers run, threads that are still busy are not waited for."""
    try:
        import atexit

        atexit._run_exitfuncs()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # the one way to run them without waiting for threads, as sys.exit would
    finally:
        flush()
        os._exit(status)
