"""From paths to everything that elaboration made of them, with the sources that messages show."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from dagwright_compiler.config import Settings
from dagwright_compiler.diagnostics.codes import UNKNOWN_SETTING
from dagwright_compiler.diagnostics.model import Collector, Diagnostic
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend.elaboration import Elaborated, elaborate
from dagwright_compiler.frontend.project import Project
from dagwright_compiler.frontend.source_tree import DiskTree, OverlaidTree, find_files
from dagwright_compiler.target_api import TARGETS, is_target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dagwright_compiler.source import SourceFile


class Reading(msgspec.Struct, frozen=True):
    """A project as read: its definitions, its settings and what was found to be wrong.

    ``diagnostics`` goes on collecting while programs are made of it; ``is_sound`` says that the front end itself found no error, so that
    no workflow lacks a part.
    """

    elaborated: Elaborated
    settings: Settings
    diagnostics: Collector
    is_sound: bool

    def sources(self) -> dict[str, SourceFile]:
        """Every file that a diagnostic may point into, by the path that its spans name."""
        found = {part.path: part for source in self.elaborated.files for part in source.shown()}
        if self.settings.source is not None:
            found[self.settings.source.path] = self.settings.source
        return found


def read_project(
    paths: Sequence[Path],
    settings: Settings,
    *,
    display_root: Path | None = None,
    unsaved: Mapping[str, bytes] | None = None,
) -> Reading:
    """Read files and the Python files of folders, in the order of their paths whatever the order of the request.

    Args:
        paths: Files and folders; a folder stands for the Python files below it.
        settings: Settings that hold for all of them.
        display_root: Folder that paths in messages are relative to; the working directory unless told.
        unsaved: Bytes that stand in the place of files, by their absolute paths.
    """
    files = sorted(find_files(paths), key=lambda path: path.absolute().parts)
    if unsaved:
        return _overlaid(files, unsaved, settings, display_root)
    project = Project(files, source_roots=settings.source_roots, display_root=display_root or Path.cwd())
    return _elaborated(project, settings)


def read_unsaved(path: Path, data: bytes, settings: Settings) -> Reading:
    """Read a text as the file that it is to be: its name, its settings and its imports are those of ``path``, which need not exist."""
    return _overlaid([path], {location_of(path): data}, settings)


def _overlaid(
    files: Sequence[Path], unsaved: Mapping[str, bytes], settings: Settings, display_root: Path | None = None
) -> Reading:
    project = Project(
        [PurePosixPath(location_of(file)) for file in files],
        source_roots=[PurePosixPath(location_of(root)) for root in settings.source_roots],
        display_root=PurePosixPath(location_of(display_root or Path.cwd())),
        tree=OverlaidTree(DiskTree(), unsaved),
    )
    return _elaborated(project, settings)


def location_of(path: Path) -> str:
    """What a project knows a file by: its absolute path, symbolic links as they are."""
    return os.path.abspath(path).replace(os.sep, "/")  # noqa: PTH100 - symbolic links stay, as in the project


def read_sources(sources: Mapping[str, str | bytes], settings: Settings) -> Reading:
    """Read texts held in memory (standard input, a notebook), by the path that messages name."""
    return _elaborated(Project.from_sources(sources), settings)


def _elaborated(project: Project, settings: Settings) -> Reading:
    diagnostics = Collector()
    for found in (*settings.findings, *_unknown_tables(settings)):
        diagnostics.add(found)
    elaborated = elaborate(project, diagnostics, images=settings.images, constants=settings.constants)
    return Reading(elaborated, settings, diagnostics, is_sound=not diagnostics.has_errors)


def _unknown_tables(settings: Settings) -> list[Diagnostic]:
    """A table of settings that belongs to no target is a slip of the pen that would pass unseen."""
    return [
        Diagnostic(
            UNKNOWN_SETTING,
            f"there is no target `{name}` that these settings could be for",
            settings.span_of(name),
            help=did_you_mean(name, TARGETS),
        )
        for name in settings.targets
        if not is_target(name)
    ]
