"""Signals by their numbers: ``signal`` makes enum members of whatever goes in and out, which takes half a millisecond of an attempt."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # pyright: ignore[reportMissingImports]  # not in the stubs; what ``signal`` wraps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Callable, Iterable, Optional, Union

    Handler = Union[int, Callable[[int, Optional[FrameType]], object]]

DEFAULT: int = _signal.SIG_DFL


def on(number: int, handler: Handler) -> None:
    """Say what becomes of a signal from now on."""
    _signal.signal(number, handler)


def hold_back(numbers: Iterable[int]) -> None:
    """Let signals wait that arrive from now on."""
    _signal.pthread_sigmask(_signal.SIG_BLOCK, numbers)


def let_in(numbers: Iterable[int]) -> None:
    """Let signals arrive again, those that wait at once."""
    _signal.pthread_sigmask(_signal.SIG_UNBLOCK, numbers)
