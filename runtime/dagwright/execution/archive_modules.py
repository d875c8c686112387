"""What the runtime archive has as ``dagwright/__init__.py``: makes the archive's modules importable, then becomes the package.

``zipimport`` alone would do, but it compiles every source twice (once only to learn the file's name) and opens the archive for
each: half of a pod's start. And a zip compresses each file for itself, which takes half as much again as one text of all. So the sources
stand in one member, found and inflated once; ``zipimport`` brings whoever comes without us here first.

Whoever starts many processes from one archive makes a folder beside it (``kept_code``): the first that compiles a module leaves the code
there for the others. A pod has no such folder.
"""

from __future__ import annotations

import marshal
import os
import sys
import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType
    from typing import Any

SOURCES = "dagwright.sources"
"""Member with all sources: a line ``name size`` for each, an empty line, and then one after the other, deflated as one."""
_PACKAGE = "dagwright"


class ArchiveModules:
    """Finds and loads the modules of the archive's one package. Read-only, so one serves all threads."""

    def __init__(self, path: str, kind: type[ModuleSpec]) -> None:
        self._path = path
        self._kind = kind
        kept = kept_code(path)
        self._kept = kept if os.path.isdir(kept) else ""
        with open(path, "rb") as file:
            self._sources = dict(sources_in(file.read()))

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Find a module; ``None`` for all that are not ours."""
        del path, target
        base = name.replace(".", "/")
        for member, is_package in ((f"{base}.py", False), (f"{base}/__init__.py", True)):
            if member in self._sources:
                spec = self._kind(name, self, origin=f"{self._path}/{member}", is_package=is_package)  # type: ignore[arg-type]
                spec.has_location = True
                return spec
        return None

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to the import system."""

    def exec_module(self, module: ModuleType) -> None:
        """Run a module's source."""
        spec = module.__spec__
        assert spec is not None
        assert spec.origin is not None
        self.run(spec.origin, module.__dict__)

    def run(self, origin: str, namespace: dict[str, Any]) -> None:
        """Run the source that stands at ``origin``, below the archive's path, in a namespace."""
        exec(self._code(origin), namespace)  # noqa: S102  # what importing is

    def _code(self, origin: str) -> CodeType:
        if not self._kept:
            return compile(self._source(origin), origin, "exec", dont_inherit=True)
        kept = f"{self._kept}/{origin[len(self._path) + 1 :].replace('/', '.')}"
        try:
            with open(kept, "rb") as file:
                found: CodeType = marshal.loads(file.read())  # noqa: S302  # of this run, in its own folder
        except OSError:
            found = compile(self._source(origin), origin, "exec", dont_inherit=True)
            _keep(marshal.dumps(found), kept)
        return found

    def get_source(self, name: str) -> str:
        """Give a module's source, for tracebacks."""
        spec = self.find_spec(name)
        if spec is None or spec.origin is None:
            raise ImportError(name)
        return self._source(spec.origin).decode()

    def _source(self, origin: str) -> bytes:
        return self._sources[origin[len(self._path) + 1 :]]


def kept_code(path: str) -> str:
    """Name the folder beside an archive in which compiled modules are kept where it exists, for this kind of Python."""
    return f"{path}.{sys.implementation.cache_tag}"


def _keep(data: bytes, path: str) -> None:
    """Write a file as a whole; without it the others compile, too."""
    try:
        with open(f"{path}.{os.getpid()}", "wb") as file:
            file.write(data)
        os.replace(f"{path}.{os.getpid()}", path)
    except OSError:
        return


def sources_in(archive: bytes) -> list[tuple[str, bytes]]:
    """Read the sources of an archive, in their order, without ``zipfile``, which would cost 10 ms."""
    whole = zlib.decompress(_member(archive, SOURCES), -15)
    head, _, _ = whole.partition(b"\n\n")
    at, found = len(head) + 2, []
    for line in head.decode().split("\n"):
        name, _, size = line.rpartition(" ")
        found.append((name, whole[at : at + int(size)]))
        at += int(size)
    return found


def _member(archive: bytes, wanted: str) -> bytes:
    """Find the bytes of a member through the central directory of a plain zip."""

    def number(at: int, size: int) -> int:
        return int.from_bytes(archive[at : at + size], "little")

    end = archive.rindex(b"PK\5\6")
    at = number(end + 16, 4)
    for _ in range(number(end + 10, 2)):
        name_size, header = number(at + 28, 2), number(at + 42, 4)
        if archive[at + 46 : at + 46 + name_size].decode() == wanted:
            start = header + 30 + number(header + 26, 2) + number(header + 28, 2)
            return archive[start : start + number(at + 20, 4)]
        at += 46 + name_size + number(at + 30, 2) + number(at + 32, 2)
    raise ImportError(f"the runtime archive has no {wanted}")


def _become_the_package(namespace: dict[str, Any]) -> None:
    """Put the finder in place, and run the package's own ``__init__`` in the place of this one."""
    path = namespace["__file__"][: -len(f"/{_PACKAGE}/__init__.py")]
    modules = next((finder for finder in sys.meta_path if isinstance(finder, ArchiveModules)), None)
    if modules is None:
        modules = ArchiveModules(path, type(namespace["__spec__"]))
        sys.meta_path.insert(0, modules)
    modules.run(f"{path}/{_PACKAGE}/__init__.py", namespace)


if __name__ == _PACKAGE:
    _become_the_package(globals())
