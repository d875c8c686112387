"""Folders for the files that tasks make: below the attempt's work folder in a pod, else below one of the process that goes with it.

Values may stand in files there, so a folder stays until nobody can read them: a pod's ends with the pod, a run's with the run.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dagwright.execution.context import Attempt


class _Process:
    """Holder of the folder of this process; ``owner`` made it and removes it."""

    folder: str | None = None
    owner: int = 0


class UnwritableFolderError(OSError):
    """There is no folder in which a task's files could be made: the pod's fault, not the task's."""


def folder_of(attempt: Attempt | None) -> str:
    """Give the folder of an attempt, made on first use.

    Raises:
        UnwritableFolderError: The pod has none.
    """
    if attempt is not None and attempt.folder is not None:
        return attempt.folder
    from tempfile import mkdtemp

    work = attempt.work if attempt is not None else None
    try:
        if work is not None:
            os.makedirs(work, exist_ok=True)
        folder = mkdtemp(prefix="files-", dir=work or process_folder())
    except OSError as error:
        raise UnwritableFolderError(error.errno, error.strerror, work) from error
    if attempt is not None:
        attempt.folder = folder
    return folder


def process_folder() -> str:
    """Give the folder of this process, made on first use; one that forks for an attempt makes it first, and so keeps what is written there."""
    if _Process.folder is None:
        import atexit
        from tempfile import mkdtemp

        _Process.folder, _Process.owner = mkdtemp(prefix="dagwright-"), os.getpid()
        atexit.register(_remove)
    return _Process.folder


def _remove() -> None:
    if _Process.folder is not None and _Process.owner == os.getpid():
        from shutil import rmtree

        rmtree(_Process.folder, ignore_errors=True)
