"""Checkpoints: files that an attempt leaves for the next one of its task. ``current_context().checkpoint``."""

from __future__ import annotations

import os
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any, Union

    from dagwright.execution.checkpoints import Contents, Keeper

_UNNAMED = "_dst_cp"
"""Name of what has none, as in flytekit."""


class Checkpoint:
    """What the attempts of one task (of one element of a map) leave for each other in one run.

    What an attempt saves is there for the next one, whatever becomes of it: each ``save`` is whole or nothing. The first ``save`` of an
    attempt takes the place of what earlier attempts left, further ones add to it.
    """

    __slots__ = ("_folder", "_has_saved", "_keeper", "_restored")

    def __init__(self, keeper: Keeper, folder: str) -> None:
        self._keeper = keeper
        self._folder = folder
        self._restored: Path | None = None
        self._has_saved = False

    def prev_exists(self) -> bool:
        """Tell whether anything was saved."""
        return bool(self._keeper.names())

    def restore(self, path: Union[str, os.PathLike[str], None] = None) -> Path | None:
        """Write the files that were saved into a folder, once.

        Args:
            path: The folder, which exists; without one, a folder of the attempt.

        Returns:
            The folder; ``None`` where nothing was saved.

        Raises:
            ValueError: The path is no folder.
        """
        if self._restored is not None:
            return self._restored
        if not self._keeper.names():
            return None
        folder = self._made("prev_cp") if path is None else Path(path)
        if not folder.is_dir():
            raise ValueError(f"a checkpoint is restored into a folder, and {folder} is none")
        self._keeper.fetch(str(folder))
        self._restored = folder
        return folder

    def save(self, cp: Union[str, os.PathLike[str], IO[bytes]]) -> None:
        """Keep a file, what stands in a folder, or what a file that is open for reading bytes holds.

        Raises:
            ValueError: It is something else.
        """
        source: Any = cp
        if isinstance(source, (str, os.PathLike)):
            self._keep(_files_of(os.fspath(source)))
        elif hasattr(source, "read"):
            content = source.read()
            if not isinstance(content, bytes):
                raise ValueError("a checkpoint is saved from a file that is open for reading bytes")
            self._keep({_UNNAMED: content})
        else:
            raise ValueError(f"a checkpoint is saved from a path or an open file, not from {type(source).__name__}")

    def read(self) -> bytes | None:
        """Give the bytes of the only file that was saved; ``None`` where nothing was.

        Raises:
            ValueError: There are several.
        """
        folder = self.restore()
        if folder is None:
            return None
        files = [path for path in folder.rglob("*") if path.is_file()]
        if len(files) > 1:
            raise ValueError(f"a checkpoint that is read is one file, and {len(files)} were saved: restore() gives their folder")
        return files[0].read_bytes() if files else None

    def write(self, b: bytes) -> None:
        """Keep bytes, in the place of those that were written before."""
        self._keep({_UNNAMED: bytes(b)})

    def _keep(self, files: dict[str, Contents]) -> None:
        self._keeper.keep(files, anew=not self._has_saved)
        self._has_saved = True

    def _made(self, name: str) -> Path:
        folder = Path(self._folder, name)
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def _files_of(path: str) -> dict[str, Contents]:
    """The files at or below a path, by their names below it."""
    if not os.path.isdir(path):
        return {os.path.basename(path): Path(path)}
    found = (Path(folder, name) for folder, _, names in os.walk(path) for name in names)
    return {file.relative_to(path).as_posix(): file for file in sorted(found)}
