"""Reads what a command line names: settings of the first file's project, then all files together."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dagwright_compiler.cli.options import STDIN_NAME
from dagwright_compiler.config import Settings, load_settings
from dagwright_compiler.driver.reading import Reading, read_project, read_sources, read_unsaved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dagwright_compiler.driver.naming import Wanted


def read_wanted(wanted: Sequence[Wanted], flags: Mapping[str, str | None], stdin_filename: str | None = None) -> Reading:
    """Read all files and folders that are named, or standard input, which may stand for a file.

    Raises:
        click.UsageError: Standard input stands beside files, it is not read but has a name, or files belong to different projects.
    """
    paths = [item.path for item in wanted if item.path is not None]
    if len(paths) == len(wanted):
        if stdin_filename is not None:
            raise click.UsageError("--stdin-filename names what comes through standard input: give - as the file")
        return read_project(paths, _settings(paths, flags))
    if len(wanted) > 1:
        raise click.UsageError("standard input (-) is compiled alone, without other files")
    if stdin_filename is None:
        return read_sources({STDIN_NAME: sys.stdin.buffer.read()}, load_settings(Path.cwd(), flags=flags))
    path = Path(stdin_filename)
    if path.is_dir():
        raise click.BadParameter(f"{path} is a folder; standard input stands for one file", param_hint="--stdin-filename")
    return read_unsaved(path, sys.stdin.buffer.read(), load_settings(path, flags=flags))


def _settings(paths: Sequence[Path], flags: Mapping[str, str | None]) -> Settings:
    """Settings of the one project that all paths belong to: each has its own store, names and targets."""
    folders = dict.fromkeys(path if path.is_dir() else path.parent for path in paths)
    found = [load_settings(folder, flags=flags) for folder in folders]
    files = {settings.source.path if settings.source else "": settings for settings in found}
    if len(files) > 1:
        names = " and ".join(path or "none" for path in files)
        raise click.UsageError(f"the files belong to projects with different settings ({names}); compile one project at a time")
    return found[0]
