"""The project: which files there are, what their modules are called, and reading each of them once.

A module's name is its path from the nearest ancestor without ``__init__.py``, or from a configured source root; never from the
working directory. Everything that is not found here is external and stays a qualified name.
"""

from __future__ import annotations

import os
import posixpath
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.model import Diagnostic
from dagwright_compiler.frontend.modules import Module
from dagwright_compiler.frontend.names import AUTHORING
from dagwright_compiler.frontend.reading import read
from dagwright_compiler.frontend.source_tree import DiskTree, MemoryTree
from dagwright_compiler.frontend.summarising import summarise
from dagwright_compiler.source import SourceFile, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import PurePath

    from dagwright_compiler.frontend.source_tree import SourceTree


_COMPILED = (".so", ".pyd", ".pyx")
_MOST_ANCESTORS = 5


class Project:
    """The requested files and everything of the project that they import, read lazily and once.

    Args:
        files: The requested Python files (see ``source_tree.find_files`` for folders).
        source_roots: Folders from which modules are named and imported, before any other rule.
        display_root: Folder that printed paths are relative to; files elsewhere print in full.
        tree: Where the files are: this machine's file system when left out.
    """

    def __init__(
        self,
        files: Sequence[PurePath],
        *,
        source_roots: Sequence[PurePath] = (),
        display_root: PurePath | None = None,
        tree: SourceTree | None = None,
    ) -> None:
        located = _absolute if tree is None else _as_given
        locations = [located(file) for file in files]
        roots = [located(root) for root in source_roots]
        self._display_root = located(display_root) if display_root is not None else ""
        self._tree = tree if tree is not None else DiskTree()
        self._source_roots = sorted(dict.fromkeys(roots), key=len, reverse=True)
        self._modules: dict[tuple[str, str], Module] = {}
        self._imported: dict[tuple[str, str], Module | None] = {}
        self._found: dict[tuple[str, str], tuple[str, bool] | None] = {}
        self._requests = [(location, *self._identity(location)) for location in dict.fromkeys(locations)]

    @classmethod
    def from_sources(
        cls, sources: Mapping[str, str | bytes], *, files: Sequence[str] | None = None, source_roots: Sequence[str] = ()
    ) -> Project:
        """A project in memory: paths and texts; ``files`` are the requested ones, all when left out."""
        wanted = [PurePosixPath(path) for path in (sources if files is None else files)]
        return cls(wanted, source_roots=[PurePosixPath(root) for root in source_roots], tree=MemoryTree(sources))

    def requested(self) -> Iterator[Module]:
        """Give the requested modules in the order of the request, each when it has been read."""
        return (self._read(location, name, root, is_package=package) for location, root, name, package in self._requests)

    def find(self, name: str, importer: Module) -> Module | None:
        """The project's module of a dotted name as ``importer`` would import it, or ``None`` when it is external."""
        key = (importer.root, name)
        if key not in self._imported:
            self._imported[key] = self._find(name, importer)
        return self._imported[key]

    def _find(self, name: str, importer: Module) -> Module | None:
        for root in self._import_path(importer):
            located = self._locate(root, name)
            if located is not None:
                location, is_package = located
                return self._read(location, name, root, is_package=is_package)
        return None

    def file(self, path: str, importer: Module) -> bytes | None:
        """Bytes of a file that a module names by a relative path: beside the module, or above it up to the project's folder."""
        folder = posixpath.dirname(importer.location)
        for _ in range(_MOST_ANCESTORS):
            found = posixpath.normpath(posixpath.join(folder, path))
            if self._tree.is_file(found):
                try:
                    return self._tree.read(found)
                except OSError:
                    return None
            if folder in (posixpath.dirname(folder), self._display_root):
                break
            folder = posixpath.dirname(folder)
        return None

    def data(self, path: str, importer: Module | None = None) -> str | None:
        """Location of the file or folder at a location, or at a path relative to a module or to a folder above it; ``None`` where nothing is."""
        folder = posixpath.dirname(importer.location) if importer is not None else ""
        for _ in range(_MOST_ANCESTORS if importer is not None else 1):
            found = posixpath.normpath(posixpath.join(folder, path))
            if self._tree.is_file(found) or self._tree.is_folder(found):
                return found
            if folder in (posixpath.dirname(folder), self._display_root):
                break
            folder = posixpath.dirname(folder)
        return None

    def is_folder(self, location: str) -> bool:
        """Whether a folder stands at a location."""
        return self._tree.is_folder(location)

    def shown(self, location: str) -> str:
        """A location as messages print it."""
        return self._display(location)

    def is_package(self, name: str, importer: Module) -> bool:
        """Whether a dotted name is a folder of the project that a module can be imported from."""
        return any(self._folder(root, name) is not None for root in self._import_path(importer))

    def compiled(self, package: Module, name: str) -> str | None:
        """Name of the file in a package's folder that is a module of this name in machine code, or what one is built from."""
        found = self._tree.names(posixpath.dirname(package.location))
        return next((file for file in found if file.startswith(f"{name}.") and file.endswith(_COMPILED)), None)

    def elsewhere(self, qualified: str, importer: Module) -> str | None:
        """Folder that would have to be a source root for a qualified name to be found, or ``None``.

        Looks at the roots of the other requested files and at the folders around the importer's own.
        """
        roots = dict.fromkeys(root for _, root, _, _ in self._requests)
        folder = importer.root
        for _ in range(_MOST_ANCESTORS):
            folder = posixpath.dirname(folder)
            roots[folder] = None
        parts = qualified.split(".")
        for root in roots:
            for end in range(len(parts) - 1, 0, -1):
                if self._locate(root, ".".join(parts[:end])) is not None:
                    return self._display(root) if root != self._display_root else "."
        return None

    def _import_path(self, importer: Module) -> tuple[str, ...]:
        """Where Python would look: the importer's own root, then the configured ones.

        Never the roots of other files, whose ``types.py`` or ``json.py`` would hide the standard library's.
        """
        return (importer.root, *(root for root in self._source_roots if root != importer.root))

    def submodules(self, name: str, importer: Module) -> tuple[str, ...]:
        """Names of the modules already read directly below a package, for suggestions."""
        prefix = f"{name}." if name else ""
        names = (module for root, module in self._modules if root == importer.root and module.startswith(prefix))
        return tuple(sorted({module[len(prefix) :].partition(".")[0] for module in names}))

    def _locate(self, root: str, name: str) -> tuple[str, bool] | None:
        """Path of a module below a root, and whether it is a package."""
        key = (root, name)
        if key in self._found:
            return self._found[key]
        found: tuple[str, bool] | None = None
        head, _, last = name.rpartition(".")
        folder = self._folder(root, head) if head else root
        if folder is not None and name.partition(".")[0] not in AUTHORING:
            base = posixpath.join(folder, last)
            initial = posixpath.join(base, "__init__.py")
            if self._tree.is_folder(base) and self._tree.is_file(initial):
                found = (initial, True)
            elif self._tree.is_file(f"{base}.py"):
                found = (f"{base}.py", False)
        self._found[key] = found
        return found

    def _folder(self, root: str, name: str) -> str | None:
        parts = name.split(".")
        if not all(parts) or parts[0] in AUTHORING:
            return None
        folder = root
        for part in parts:
            folder = posixpath.join(folder, part)
            if not self._tree.is_folder(folder):
                return None
        return folder

    def _identity(self, location: str) -> tuple[str, str, bool]:
        """Root, module name, and whether the file is a package's ``__init__``."""
        folder, file = posixpath.split(location)
        stem = file.removesuffix(".py").removesuffix(".ipynb")
        root = next((root for root in self._source_roots if _is_below(location, root)), None)
        if root is None:
            root = folder
            while self._tree.is_file(posixpath.join(root, "__init__.py")) and root not in ("", "/"):
                root = posixpath.dirname(root)
        parts = [part for part in posixpath.relpath(folder or ".", root or ".").split("/") if part != "."]
        if stem == "__init__" and parts:
            return root, ".".join(parts), True
        return root, ".".join([*parts, stem]), False

    def _read(self, location: str, name: str, root: str, *, is_package: bool) -> Module:
        key = (root, name)
        module = self._modules.get(key)
        if module is None:
            module = self._modules[key] = self._load(location, name, root, is_package=is_package)
        return module

    def _load(self, location: str, name: str, root: str, *, is_package: bool) -> Module:
        path = self._display(location)
        try:
            data = self._tree.read(location)
        except OSError as error:
            reason = error.strerror or "it does not exist"
            problem = Diagnostic(codes.UNREADABLE_FILE, f"cannot read {path}: {reason.lower()}")
            return Module(name, location, root, is_package, SourceFile(path, name, b"", ""), None, problem)
        reading = read(path, name, data)
        if reading.tree is None:
            return Module(name, location, root, is_package, reading.source, None, reading.problem)
        try:
            summary = summarise(reading.tree, reading.source.text, module=name, is_package=is_package)
        except RecursionError:  # thousands of `elif`, each nested in the one before
            problem = Diagnostic(codes.NESTED_TOO_DEEPLY, "the code is nested too deeply to be read", Span(path, 1, 0, 1, 1))
            return Module(name, location, root, is_package, reading.source, None, problem)
        return Module(name, location, root, is_package, reading.source, summary)

    def _display(self, location: str) -> str:
        if self._display_root and _is_below(location, self._display_root):
            return location[len(self._display_root.rstrip("/")) + 1 :]
        return location


def _absolute(path: PurePath) -> str:
    return os.path.abspath(path).replace(os.sep, "/")  # noqa: PTH100 - symbolic links stay: they are part of a module's name


def _as_given(path: PurePath) -> str:
    text = path.as_posix()
    return "" if text == "." else text


def _is_below(location: str, folder: str) -> bool:
    return not folder or location.startswith(folder.rstrip("/") + "/")
