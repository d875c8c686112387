"""What an attempt raises: ``UserFailure`` for the user's code, ``Fault`` (one line and an exit code) for the system around it."""

from __future__ import annotations

from dagwright.contract.exits import SYSTEM_FATAL, SYSTEM_TRANSIENT


class UserFailure(Exception):  # noqa: N818  # carries an error, is none of its own
    """The user's code failed: ``error`` is what it raised, or what we found wrong in what it gave.

    ``node`` is the call, where that was noted; ``verdict`` says that a map lost too many elements, of which this was the last.
    """

    node = ""
    verdict = ""

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


class Fault(Exception):  # noqa: N818  # the word of the design: a fault is ours, an error is the user's
    """A failure of the system around a task.

    ``text`` is one line: what failed, on which key or file, and what to do about it. ``code`` is ``SYSTEM_TRANSIENT`` or ``SYSTEM_FATAL``.
    """

    def __init__(self, text: str, *, code: int) -> None:
        super().__init__(text)
        self.text = in_one_line(text)
        self.code = code


def in_one_line(text: str) -> str:
    """Give text that others wrote as one line that a terminal shows and does not obey."""
    line = " ".join(text.split())
    if line.isprintable():
        return line
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in line)


def fatal(text: str) -> Fault:
    """Make a fault that no retry mends."""
    return Fault(text, code=SYSTEM_FATAL)


def transient(text: str) -> Fault:
    """Make a fault that a retry may mend."""
    return Fault(text, code=SYSTEM_TRANSIENT)
