"""Fixing files until nothing is left to fix: read, fix in memory, read again. Writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from dagwright_compiler.diagnostics.codes import INVALID_SYNTAX, NESTED_TOO_DEEPLY, UNDECODABLE_SOURCE, UNREADABLE_FILE
from dagwright_compiler.fixes.applying import UnwritableError, choose, rewritten
from dagwright_compiler.fixes.making import with_fixes
from dagwright_compiler.source import file_and_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dagwright_compiler.diagnostics.model import Diagnostic
    from dagwright_compiler.driver.reading import Reading

_MOST_PASSES = 20
"""Fixes that get in each other's way wait for the next pass; more passes than these means that two undo each other."""
_UNREAD = frozenset(code.id for code in (INVALID_SYNTAX, UNDECODABLE_SOURCE, NESTED_TOO_DEEPLY, UNREADABLE_FILE))


class Files(Protocol):
    """Where sources come from, and what stands in the place of some of them."""

    def read(self, unsaved: Mapping[str, bytes]) -> Reading:
        """Read everything, with other bytes for some locations."""
        ...

    def original(self, location: str) -> bytes:
        """The bytes of a file as it stands.

        Raises:
            OSError: It cannot be read.
        """
        ...


class Change(NamedTuple):
    """A file before and after."""

    path: str
    """As messages print it."""
    location: str
    before: bytes
    after: bytes


class Fixed(NamedTuple):
    """What fixing came to. ``found`` is left, with the fixes that were not applied."""

    reading: Reading
    found: tuple[Diagnostic, ...]
    changes: tuple[Change, ...]
    fixed: int
    """How many fixes were applied."""
    refused: tuple[str, ...]
    """Why some files were left as they are, a line each."""


def fix_all(files: Files, find: Callable[[Reading], Sequence[Diagnostic]], *, unsafe: bool, only: str | None = None) -> Fixed:
    """Apply fixes pass by pass until none is left.

    Args:
        files: Where sources come from.
        find: What is wrong with a reading: what is shown to the user, so that nothing is fixed that is ignored.
        unsafe: Whether to apply fixes that may not be what the user meant.
        only: Location of the one file that may be changed, if not all that are read.
    """
    work = _Work(files, find, only, unsafe=unsafe)
    for _ in range(_MOST_PASSES):
        if not work.advance():
            break
    else:
        work.give_up()
    return work.result()


class _Work:
    """Files on their way to being fixed."""

    def __init__(self, files: Files, find: Callable[[Reading], Sequence[Diagnostic]], only: str | None, *, unsafe: bool) -> None:
        self._files, self._find, self._only, self._unsafe = files, find, only, unsafe
        self._before: dict[str, bytes] = {}
        self._after: dict[str, bytes] = {}
        self._paths: dict[str, str] = {}
        self._refused: dict[str, str] = {}
        self._applied: list[tuple[str, str, int]] = []
        """Path, location and number of fixes of every file that the last pass changed."""
        self._fixed: dict[str, int] = {}
        self._reading, self._found = self._read(self._after)

    def advance(self) -> bool:
        """One pass over all files; whether it changed any."""
        unread = _unread(self._reading)
        open_ = [found for found in self._found if _file(found) not in unread]
        locations = {module.source.path: module.location for module in self._reading.elaborated.modules.values()}
        trial = dict(self._after)
        applied: list[tuple[str, str, int]] = []
        sources = self._reading.sources()
        for path, chosen in choose(open_, unsafe=self._unsafe).items():
            location = locations.get(path)
            if location is None or path in self._refused or self._only not in (None, location):
                continue
            try:
                data = trial[location] if location in trial else self._original(location, path)
                trial[location] = rewritten(data, chosen, sources)
            except (OSError, UnwritableError) as error:
                self._refused[path] = f"{path} is not changed: {error}"
                continue
            applied.append((path, location, len(chosen)))
        if not applied:
            return False
        reading, found = self._read(trial)
        broken = [path for path, _, _ in applied if path in _unread(reading)]
        if broken:  # a bug of ours; the user's file stays as it is
            for path in broken:
                self._refused[path] = f"{path} is not changed: its fixes together would not be valid Python"
            return True
        for _, location, count in applied:
            self._fixed[location] = self._fixed.get(location, 0) + count
        self._after, self._reading, self._found, self._applied = trial, reading, found, applied
        return True

    def give_up(self) -> None:
        """Leave files alone whose fixes undo each other: a bug of ours, too."""
        for path, location, _ in self._applied:
            self._refused[path] = f"{path} is not changed: its fixes do not come to an end"
            self._after.pop(location, None)
            self._fixed.pop(location, None)
        self._reading, self._found = self._read(self._after)

    def result(self) -> Fixed:
        """What it came to."""
        changes = [
            Change(self._paths[location], location, self._before[location], after)
            for location, after in self._after.items()
            if after != self._before[location]
        ]
        return Fixed(self._reading, self._found, tuple(sorted(changes)), sum(self._fixed.values()), tuple(self._refused.values()))

    def _read(self, unsaved: Mapping[str, bytes]) -> tuple[Reading, tuple[Diagnostic, ...]]:
        reading = self._files.read(unsaved)
        found = self._find(reading)
        return reading, with_fixes(found, reading.sources()) if found else ()

    def _original(self, location: str, path: str) -> bytes:
        data = self._before.get(location)
        if data is None:
            data = self._before[location] = self._files.original(location)
            self._paths[location] = path
        return data


def _unread(reading: Reading) -> set[str]:
    """Files that are no Python: nothing can be said of what an edit does to them."""
    return {_file(found) for found in reading.diagnostics.sorted() if found.code.id in _UNREAD}


def _file(found: Diagnostic) -> str:
    return file_and_cell(found.span.path)[0] if found.span is not None else ""
