"""Whether this code runs inside an attempt, and which one.

Owns one small piece of state: set for the whole process in a pod, for one thread in a Python call (so that another thread may
call a workflow meanwhile). Knows nothing of plans, stores or values.
"""

from __future__ import annotations

import _thread
import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dagwright.authoring.checkpoints import Checkpoint
    from dagwright.authoring.deck import Deck
    from dagwright.store.verbs import Store


_TEMPORARY = "/tmp"  # noqa: S108  # where tempfile looks first


class Attempt:
    """The attempt that is running: ``node`` id, element ``index`` of a map (or ``None``), ``number`` from 0.

    ``run`` is the key of its run, ``work`` the folder that its pod or process gave it; ``folder``, ``decks`` and ``checkpoint`` fill
    as the task asks for them. ``store`` is the run's; where a run has none, ``serial`` tells the nodes of a process apart.
    """

    __slots__ = (
        *("checkpoint", "decks", "domain", "folder", "index", "node", "number", "project", "run", "serial", "started", "store"),
        *("task", "work"),
    )

    def __init__(
        self,
        node: str,
        index: int | None = None,
        number: int = 0,
        *,
        task: str = "",
        run: str = "local",
        project: str = "",
        domain: str = "",
        work: str | None = None,
        serial: int = 0,
    ) -> None:
        self.node = node
        self.index = index
        self.number = number
        self.task = task
        self.run = run
        self.project = project
        self.domain = domain
        self.work = work
        self.started = time.time()
        self.folder: str | None = None
        self.decks: list[Deck] = []
        self.store: Store | None = None
        self.serial = serial
        self.checkpoint: Checkpoint | None = None

    def open_checkpoint(self) -> Checkpoint:
        """Give what attempts of this node leave for the next one."""
        from dagwright.execution.checkpoints import checkpoint_of

        return checkpoint_of(self)


class _Process:
    """Holder of the attempt that owns the process, all its threads included."""

    attempt: Attempt | None = None


class _Thread(_thread._local):  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # threading.local without importing threading: 2 ms of every pod's start
    attempt: Attempt | None = None


_thread_state = _Thread()


def current() -> Attempt | None:
    """Give the attempt that is running here."""
    return _Process.attempt or _thread_state.attempt


def in_attempt() -> bool:
    """Tell whether a task's function is being run, or its module imported, by an attempt."""
    return _Process.attempt is not None or _thread_state.attempt is not None


def claim_process(attempt: Attempt) -> None:
    """Say that this process exists for one attempt only.

    Where a pod's root file system cannot be written, ``tempfile`` would find no folder: it gets the attempt's own.
    """
    _Process.attempt = attempt
    if attempt.work is not None and "TMPDIR" not in os.environ and not os.access(_TEMPORARY, os.W_OK):
        os.environ["TMPDIR"] = attempt.work


def enter(attempt: Attempt | None) -> Attempt | None:
    """Set this thread's attempt and give the one before; pass that back to leave."""
    before = _thread_state.attempt
    _thread_state.attempt = attempt
    return before
