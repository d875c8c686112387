"""Signals by their numbers, without the package ``signal``.

That one makes enum members of whatever goes in and out: importing it takes 1.5 ms of a pod's start, its calls half a millisecond of
an attempt.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # pyright: ignore[reportMissingImports]  # not in the stubs; what ``signal`` wraps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Callable, Iterable, Optional, Union

    Handler = Union[int, Callable[[int, Optional[FrameType]], object]]

HANGUP: int = _signal.SIGHUP
INTERRUPT: int = _signal.SIGINT
QUIT: int = _signal.SIGQUIT
KILL: int = _signal.SIGKILL
TERMINATE: int = _signal.SIGTERM
CHILD: int = _signal.SIGCHLD

DEFAULT: int = _signal.SIG_DFL
RAISE: Handler = _signal.default_int_handler
"""What raises ``KeyboardInterrupt``."""


def on(number: int, handler: Handler) -> None:
    """Say what becomes of a signal from now on."""
    _signal.signal(number, handler)


def is_ignored(number: int) -> bool:
    """Tell whether nothing becomes of a signal."""
    return bool(_signal.getsignal(number) == _signal.SIG_IGN)


def hold_back(numbers: Iterable[int]) -> None:
    """Let signals wait that arrive from now on."""
    _signal.pthread_sigmask(_signal.SIG_BLOCK, numbers)


def let_in(numbers: Iterable[int]) -> None:
    """Let signals arrive again, those that wait at once."""
    _signal.pthread_sigmask(_signal.SIG_UNBLOCK, numbers)


def wake_by(descriptor: int) -> None:
    """Have every signal that is handled write a byte to a descriptor, which may be full; to none with -1."""
    _signal.set_wakeup_fd(descriptor, warn_on_full_buffer=False)
