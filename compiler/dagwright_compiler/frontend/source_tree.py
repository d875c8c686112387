"""Where sources come from: the file system, or texts held in memory."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages"})


class SourceTree(Protocol):
    """A tree of files with ``/`` between the parts of a path."""

    def is_file(self, path: str) -> bool:
        """Whether a file stands there."""
        ...

    def is_folder(self, path: str) -> bool:
        """Whether a folder stands there."""
        ...

    def names(self, folder: str) -> list[str]:
        """Names of what stands in a folder; none where there is none."""
        ...

    def read(self, path: str) -> bytes:
        """The bytes of a file.

        Raises:
            OSError: It cannot be read.
        """
        ...


class DiskTree:
    """The file system. Folders are listed once: a compile sees one state of the tree."""

    def __init__(self) -> None:
        self._listings: dict[str, dict[str, bool]] = {}

    def is_file(self, path: str) -> bool:
        """Whether a file stands there."""
        folder, name = posixpath.split(path)
        return self._listing(folder).get(name) is True

    def is_folder(self, path: str) -> bool:
        """Whether a folder stands there."""
        folder, name = posixpath.split(path)
        return self._listing(folder).get(name) is False

    def names(self, folder: str) -> list[str]:
        """Names of what stands in a folder; none where there is none."""
        return list(self._listing(folder))

    def read(self, path: str) -> bytes:
        """The bytes of a file.

        Raises:
            OSError: It cannot be read.
        """
        with open(path, "rb") as file:  # noqa: PTH123 - paths are text here, a Path for each would cost more than the read
            return file.read()

    def _listing(self, folder: str) -> dict[str, bool]:
        found = self._listings.get(folder)
        if found is None:
            found = {}
            try:
                with os.scandir(folder or ".") as entries:
                    for entry in entries:
                        found[entry.name] = not entry.is_dir()
            except OSError:
                pass  # an absent or unreadable folder holds no module
            self._listings[folder] = found
        return found


class MemoryTree:
    """Sources given as texts: for tests, standard input and notebooks."""

    def __init__(self, sources: Mapping[str, str | bytes]) -> None:
        self._files = {
            posixpath.normpath(path): text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
            for path, text in sources.items()
        }
        self._folders = {""}
        for path in self._files:
            folder = posixpath.dirname(path)
            while folder:
                self._folders.add(folder)
                folder = posixpath.dirname(folder)

    def is_file(self, path: str) -> bool:
        """Whether a file stands there."""
        return path in self._files

    def is_folder(self, path: str) -> bool:
        """Whether a folder stands there."""
        return path in self._folders

    def names(self, folder: str) -> list[str]:
        """Names of what stands in a folder; none where there is none."""
        return [posixpath.basename(path) for path in (*self._files, *self._folders) if path and posixpath.dirname(path) == folder]

    def read(self, path: str) -> bytes:
        """The bytes of a file.

        Raises:
            FileNotFoundError: There is none.
        """
        try:
            return self._files[path]
        except KeyError:
            raise FileNotFoundError(path) from None


class OverlaidTree:
    """A tree with some files in the place of its own, or where it has none: what an editor has not saved."""

    def __init__(self, tree: SourceTree, files: Mapping[str, bytes]) -> None:
        self._tree = tree
        self._files = files

    def is_file(self, path: str) -> bool:
        """Whether a file stands there."""
        return path in self._files or self._tree.is_file(path)

    def is_folder(self, path: str) -> bool:
        """Whether a folder stands there."""
        return self._tree.is_folder(path)

    def names(self, folder: str) -> list[str]:
        """Names of what stands in a folder; none where there is none."""
        own = [posixpath.basename(path) for path in self._files if posixpath.dirname(path) == folder]
        return [*own, *self._tree.names(folder)]

    def read(self, path: str) -> bytes:
        """The bytes of a file.

        Raises:
            OSError: It cannot be read.
        """
        data = self._files.get(path)
        return self._tree.read(path) if data is None else data


def find_files(paths: Sequence[Path]) -> list[Path]:
    """Expand folders to the Python files below them, sorted; files stay as given, each once.

    Hidden folders, caches, installed packages and virtual environments are left out, and links to folders are not followed: they may lead in a
    circle. A folder that cannot be listed stands for itself, so that reading it says why.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found.update(dict.fromkeys(sorted(_python_files(path))))
        else:
            found[path] = None
    return list(found)


def _python_files(folder: Path) -> Iterator[Path]:
    try:
        inside = list(folder.iterdir())
    except OSError:
        yield folder
        return
    for path in inside:
        if path.name.startswith(".") or path.name in _SKIPPED:
            continue
        if path.is_dir():
            if not path.is_symlink() and not (path / "pyvenv.cfg").exists():
                yield from _python_files(path)
        elif path.suffix == ".py":
            yield path
