"""Reads what a command line names: settings of the first file's project, then all files together."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dagwright_compiler.cli.options import STDIN_NAME
from dagwright_compiler.config import Settings, load_settings
from dagwright_compiler.driver.reading import Reading, location_of, read_project, read_sources, read_unsaved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dagwright_compiler.driver.naming import Wanted

_NOTHING: Mapping[str, bytes] = {}


class Inputs:
    """Files and folders, or standard input, which may stand for a file; read as often as it takes.

    Args:
        wanted: What the command line names.
        flags: Settings of the command line, over those of files.
        stdin_filename: The file that standard input stands for.

    Raises:
        click.UsageError: Standard input stands beside files, or it is not read but has a name.
    """

    def __init__(self, wanted: Sequence[Wanted], flags: Mapping[str, Any], stdin_filename: str | None = None) -> None:
        self.wanted = wanted
        self.paths = [item.path for item in wanted if item.path is not None]
        self.is_stdin = len(self.paths) < len(wanted)
        self._flags = flags
        self._data = b""
        self._file: Path | None = None
        if not self.is_stdin:
            if stdin_filename is not None:
                raise click.UsageError("--stdin-filename names what comes through standard input: give - as the file")
            return
        if len(wanted) > 1:
            raise click.UsageError("standard input (-) is read alone, without other files")
        if stdin_filename is not None:
            self._file = Path(stdin_filename)
            if self._file.is_dir():
                message = f"{self._file} is a folder; standard input stands for one file"
                raise click.BadParameter(message, param_hint="--stdin-filename")
        self._data = sys.stdin.buffer.read()

    @property
    def stdin_location(self) -> str | None:
        """What the project knows standard input by, where it is read."""
        if not self.is_stdin:
            return None
        return STDIN_NAME if self._file is None else location_of(self._file)

    def read(self, unsaved: Mapping[str, bytes] = _NOTHING) -> Reading:
        """Read everything.

        Args:
            unsaved: Bytes that stand in the place of files, by location.

        Raises:
            click.UsageError: The files belong to different projects.
        """
        if not self.is_stdin:
            return read_project(self.paths, _settings(self.paths, self._flags), unsaved=unsaved)
        data = unsaved.get(self.stdin_location or "", self._data)
        if self._file is None:
            return read_sources({STDIN_NAME: data}, load_settings(Path.cwd(), flags=self._flags))
        return read_unsaved(self._file, data, load_settings(self._file, flags=self._flags))

    def original(self, location: str) -> bytes:
        """The bytes of a file, or of standard input.

        Raises:
            OSError: It cannot be read.
        """
        return self._data if location == self.stdin_location else Path(location).read_bytes()


def read_wanted(wanted: Sequence[Wanted], flags: Mapping[str, Any], stdin_filename: str | None = None) -> Reading:
    """Read all files and folders that are named, or standard input, once.

    Raises:
        click.UsageError: What is named cannot be read together (see ``Inputs``).
    """
    return Inputs(wanted, flags, stdin_filename).read()


def _settings(paths: Sequence[Path], flags: Mapping[str, Any]) -> Settings:
    """Settings of the one project that all paths belong to: each has its own store, names and targets."""
    folders = dict.fromkeys(path if path.is_dir() else path.parent for path in paths)
    found = [load_settings(folder, flags=flags) for folder in folders]
    files = {settings.source.path if settings.source else "": settings for settings in found}
    if len(files) > 1:
        names = " and ".join(path or "none" for path in files)
        raise click.UsageError(
            f"the files belong to projects with different settings ({names}); name those of one project at a time"
        )
    return found[0]
