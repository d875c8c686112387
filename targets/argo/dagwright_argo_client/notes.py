"""Notes about submits under way: what makes the same command, given again after it died half-way, find the run that it may have made.

A note is a file that holds the run's name; it is written before the server is asked and removed when the server has answered. A second
process of the same request that is alive at the same time means a run of its own: it finds the note locked.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from typing import IO, TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_FORGOTTEN_AFTER_S = 24 * 3600.0
"""Who asks for the same again after a day wants another run."""
_DIGITS = "bcdfghjklmnpqrstvwxz2456789"
"""Of names that Kubernetes makes up: no vowels, so no words."""
_SUFFIX_LENGTH = 6
_LONGEST_NAME = 63


def new_name(workflow: str) -> str:
    """Make a name for a run, which is a label's value too."""
    suffix = "".join(_DIGITS[byte % len(_DIGITS)] for byte in os.urandom(_SUFFIX_LENGTH))
    return f"{workflow[: _LONGEST_NAME - _SUFFIX_LENGTH - 1].rstrip('-')}-{suffix}"


class Note:
    """The name under which one request is sent, and the token that the run will carry; kept in a file until it is done.

    Args:
        folder: Where notes are kept.
        request: Digest of everything that is asked for.
        workflow: What names begin with.
    """

    def __init__(self, folder: Path, request: str, workflow: str) -> None:
        self._folder = folder
        self._request = request[:32]
        self._workflow = workflow
        self._file: IO[str] | None = None
        self.name = new_name(workflow)
        self.token = os.urandom(8).hex()
        self.is_found = False
        """An earlier process asked for the same and died before it knew of an answer."""

    def __enter__(self) -> Self:
        """Find a note that nobody holds, or write one.

        Raises:
            OSError: The folder cannot be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(self._folder.glob(f"{self._request}-*.json")):
            if self._take(path):
                return self
        path = self._folder / f"{self._request}-{self.token}.json"
        self._file = path.open("x", encoding="utf-8")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._write()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let go of it; the note stays unless it was settled."""
        if self._file is not None:
            self._file.close()

    def settle(self) -> None:
        """The server has answered: nothing is open any more."""
        assert self._file is not None
        os.unlink(self._file.name)  # noqa: PTH108  # by the name that the open file has

    def rename(self) -> None:
        """Choose another name: somebody else has this one."""
        self.name = new_name(self._workflow)
        self._write()

    def _take(self, path: Path) -> bool:
        """Take a note over unless a living process holds it, or it is of yesterday, or was never finished."""
        try:
            file = path.open("r+", encoding="utf-8")
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            written = os.fstat(file.fileno())
            data = json.load(file)
            is_open = written.st_nlink > 0 and time.time() - written.st_mtime < _FORGOTTEN_AFTER_S
            name, token = str(data["name"]), str(data["token"])
        except BlockingIOError:
            file.close()
            return False
        except (ValueError, KeyError, TypeError):
            is_open = False
            name = token = ""
        if not is_open:
            path.unlink(missing_ok=True)
            file.close()
            return False
        self._file, self.name, self.token, self.is_found = file, name, token, True
        return True

    def _write(self) -> None:
        assert self._file is not None
        self._file.seek(0)
        self._file.truncate()
        json.dump({"name": self.name, "token": self.token}, self._file)
        self._file.flush()
        os.fsync(self._file.fileno())
