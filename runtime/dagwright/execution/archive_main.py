"""The ``__main__`` of the runtime archive: makes the archive's modules importable, then runs the pod.

``zipimport`` alone would do, but it compiles every source twice (once only to learn the file's name) and opens the archive for
each: half of a pod's start. So the modules are found here, from one read of the file; zipimport serves whoever comes without us.
"""

from __future__ import annotations

import sys
import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType


class ArchiveModules:
    """Finds and loads the modules of the archive's one package. Read-only, so one serves all threads."""

    def __init__(self, path: str, kind: type[ModuleSpec]) -> None:
        self._path = path
        self._kind = kind
        with open(path, "rb") as file:
            self._archive = file.read()
        self._members = dict(_directory(self._archive))

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Find a module; ``None`` for all that are not ours."""
        del path, target
        base = name.replace(".", "/")
        for member, is_package in ((f"{base}.py", False), (f"{base}/__init__.py", True)):
            if member in self._members:
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
        code = compile(self._source(spec.origin), spec.origin, "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102  # what importing is

    def get_source(self, name: str) -> str:
        """Give a module's source, for tracebacks."""
        spec = self.find_spec(name)
        if spec is None or spec.origin is None:
            raise ImportError(name)
        return self._source(spec.origin).decode()

    def _source(self, origin: str) -> bytes:
        start, size, deflated = self._members[origin[len(self._path) + 1 :]]
        data = self._archive[start : start + size]
        return zlib.decompress(data, -15) if deflated else data


def _directory(archive: bytes) -> list[tuple[str, tuple[int, int, bool]]]:
    """Read the central directory of a plain zip: start, size and compression of each member. ``zipfile`` would cost 10 ms."""

    def number(at: int, size: int) -> int:
        return int.from_bytes(archive[at : at + size], "little")

    end = archive.rindex(b"PK\5\6")
    at = number(end + 16, 4)
    members = []
    for _ in range(number(end + 10, 2)):
        name_size, header = number(at + 28, 2), number(at + 42, 4)
        name = archive[at + 46 : at + 46 + name_size].decode()
        start = header + 30 + number(header + 26, 2) + number(header + 28, 2)
        members.append((name, (start, number(at + 20, 4), number(at + 10, 2) == 8)))
        at += 46 + name_size + number(at + 30, 2) + number(at + 32, 2)
    return members


if not any(isinstance(finder, ArchiveModules) for finder in sys.meta_path):
    sys.meta_path.insert(0, ArchiveModules(sys.path[0], type(__spec__)))

if __name__ == "__main__":  # a process that multiprocessing spawns runs this file under another name
    from dagwright.execution.pod import main

    sys.exit(main(sys.argv[1:]))
