"""``check --watch``: checks again whenever a file that was read, or could be, changes.

Files are polled: it works on every file system and needs nothing installed. What has the same size and time is not read again.
"""

from __future__ import annotations

import gc
import hashlib
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from dagwright_compiler.cli.main import UNUSABLE
from dagwright_compiler.diagnostics.wording import counted
from dagwright_compiler.driver.reading import location_of
from dagwright_compiler.frontend.source_tree import find_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from dagwright_compiler.driver.reading import Reading

POLL_S = 0.25
_SETTLED_S = 0.05
"""Editors write a file in several steps: it is read once it has been quiet for so long."""
_CLEAR = "\x1b[2J\x1b[3J\x1b[H"
_SETTINGS = ("pyproject.toml", "dagwright.toml")


class _Stamp(NamedTuple):
    """What a file looks like from outside; all zeros where there is none."""

    modified_ns: int = 0
    size: int = 0
    inode: int = 0


def watch(check: Callable[[], tuple[int, Reading]], paths: Sequence[Path]) -> int:
    """Check, and check again after every change, until Ctrl-C.

    Args:
        check: Checks everything and prints what it found; gives the exit code and what was read.
        paths: Files and folders that the command line names.

    Returns:
        The exit code of the last check.
    """
    code, watched = UNUSABLE, _Watched(paths)
    try:
        while True:
            if sys.stdout.isatty():
                click.echo(_CLEAR, nl=False)
            started = time.monotonic()
            try:
                code, reading = check()
                watched.take(reading)
                del reading
            except click.ClickException as error:  # of settings that were just edited: the next edit may mend them
                error.show()
                code = UNUSABLE
            _tell(len(watched), time.monotonic() - started)
            # The collector is off for the whole command; a check leaves cycles behind.
            gc.collect()
            watched.wait()
    except KeyboardInterrupt:
        click.echo(err=True)
        return code


class _Watched:
    """The files of the last check, and folders in which new ones would count."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths = [Path(location_of(path)) for path in paths]
        self._stamps: dict[Path, _Stamp] = {}
        self._digests: dict[Path, bytes] = {}
        self._listings: dict[Path, tuple[str, ...]] = {}
        self._found: tuple[Path, ...] = ()
        folders = {path if path.is_dir() else path.parent for path in paths}
        places = dict.fromkeys(place for folder in folders for place in (folder.absolute(), *folder.absolute().parents))
        self._settings = [place / name for place in places for name in _SETTINGS]
        self._look([*self._settings, *(path for path in paths if not path.is_dir())])

    def __len__(self) -> int:
        """How many files were read."""
        return sum(1 for stamp in self._stamps.values() if stamp != _Stamp())

    def take(self, reading: Reading) -> None:
        """Watch what a check has read: with the bytes that it saw, so that no change in the meantime is lost."""
        modules = {Path(module.location): module.source.data for module in reading.elaborated.modules.values()}
        self._look([*self._settings, *modules, *(path for path in self._paths if not path.is_dir())])
        for path, data in modules.items():
            if path.suffix == ".py" and self._digests[path] != _digest(data):
                self._stamps[path] = _Stamp(-1)  # it was changed while it was checked
                self._digests[path] = _digest(data)
        self._listings = {folder: _listing(folder) for folder in {path.parent for path in modules}}
        self._found = tuple(find_files([path for path in self._paths if path.is_dir()]))

    def wait(self) -> None:
        """Return once something has changed, and has been quiet since."""
        while not self._changed():
            time.sleep(POLL_S)
        before = [_stamp(path) for path in self._stamps]
        while True:
            time.sleep(_SETTLED_S)
            now = [_stamp(path) for path in self._stamps]
            if now == before:
                return
            before = now

    def _changed(self) -> bool:
        for path, stamp in self._stamps.items():
            now = _stamp(path)
            if now != stamp:
                self._stamps[path] = now
                if _digest_of(path) != self._digests[path]:
                    return True
        if any(_listing(folder) != names for folder, names in self._listings.items()):
            return True
        return tuple(find_files([path for path in self._paths if path.is_dir()])) != self._found

    def _look(self, paths: Iterable[Path]) -> None:
        self._stamps = {path: _stamp(path) for path in paths}
        self._digests = {path: _digest_of(path) for path in self._stamps}


def _tell(files: int, seconds: float) -> None:
    """Say that it goes on; how long a check took is only worth saying to people."""
    took = f" (checked in {seconds * 1000:.0f} ms)" if sys.stderr.isatty() else ""
    click.echo(f"watching {counted(files, 'file')}{took}; Ctrl-C ends it", err=True)


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return _Stamp()
    return _Stamp(found.st_mtime_ns, found.st_size, found.st_ino)


def _listing(folder: Path) -> tuple[str, ...]:
    """Names in a folder that an import could find."""
    try:
        return tuple(sorted(path.name for path in folder.iterdir() if path.suffix == ".py" or path.is_dir()))
    except OSError:
        return ()


def _digest_of(path: Path) -> bytes:
    try:
        return _digest(path.read_bytes())
    except OSError:
        return b""


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
