"""Directories: what stands in a folder of this machine, and what a manifest of the store says of one.

Links to files are followed, and so are links to folders, unless they lead back to a folder above them; what is neither file nor folder is refused.
"""

from __future__ import annotations

import os
import stat

from dagwright.contract.files import leads_inside
from dagwright.contract.keys import canonical, is_digest, is_size, sha256_hex
from dagwright.contract.names import LOCAL_STORE
from dagwright.files.contents import Bytes, no_store
from dagwright.store.errors import StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dagwright.files.contents import Access

    Entries = dict[str, "Bytes | None"]


_OWN_FOLDER = LOCAL_STORE.partition("/")[0]
"""Holds the local store: it changes while files are read, and no task wants it."""


class CannotTravel(ValueError):  # noqa: N818 - what a folder holds, in the words of a message
    """A folder holds something that is no file; the text says what and where."""


class Tree:
    """A directory: its files by their paths below it, ``None`` for a folder that holds nothing."""

    __slots__ = ("_entries", "_manifest", "access", "sha256", "size", "stored")

    def __init__(self, entries: Entries | None = None, *, sha256: str = "", size: int = -1, access: Access | None = None) -> None:
        self.sha256 = sha256
        self.size = size
        self.access = access
        self.stored = bool(sha256)
        """Whether the manifest itself is a blob of the store."""
        self._entries = entries
        self._manifest: bytes | None = None

    def entries(self) -> Entries:
        """Files and empty folders in the order of their paths; read from the store at the first call.

        Raises:
            StoreError: The store cannot give the manifest, or it is none.
            LookupError: There is no store at hand.
        """
        if self._entries is None:
            if self.access is None:
                raise no_store(self.sha256)
            self._entries = read_manifest(self.access.read(self.sha256, self.size), self.access)
        return self._entries

    def manifest(self) -> bytes:
        """The manifest's bytes; digests of files on this machine are taken at the first call."""
        if self._manifest is None:
            self._manifest = write_manifest(self.entries())
            self.sha256, self.size = sha256_hex(self._manifest), len(self._manifest)
        return self._manifest

    def digest(self) -> str:
        """SHA-256 of the manifest."""
        if not self.sha256:
            self.manifest()
        return self.sha256

    def below(self, folder: str) -> Tree:
        """The part that a folder in the directory is."""
        start = f"{folder}/"
        return Tree({path[len(start) :]: item for path, item in self.entries().items() if path.startswith(start)})

    def copy_to(self, path: str) -> None:
        """Write all of it to a new folder; raises what ``Bytes.copy_to`` raises."""
        os.makedirs(path)
        stored: list[tuple[str, Bytes]] = []
        for name, item in self.entries().items():
            inner = os.path.join(path, *name.split("/"))
            os.makedirs(inner if item is None else os.path.dirname(inner), exist_ok=True)
            if item is not None and item.access is not None and not item.path:
                stored.append((inner, item))
            elif item is not None:
                item.copy_to(inner)
        if stored:
            access = stored[0][1].access  # the files of one manifest stand in one store
            assert access is not None
            access.fetch_each([(item.sha256, item.size, inner) for inner, item in stored])
        for inner, item in stored:
            item.let_run(inner)

    def count(self) -> int:
        """Size of all files in bytes."""
        return sum(item.count() for item in self.entries().values() if item is not None)


def scan(folder: str) -> Entries:
    """List a folder of this machine, in the order of the paths.

    Raises:
        CannotTravel: It holds something that is no file.
        OSError: It cannot be read.
    """
    found: Entries = {}
    _scan(folder, "", (), found)
    return {path: found[path] for path in sorted(found)}


def _scan(folder: str, prefix: str, above: tuple[tuple[int, int], ...], found: Entries) -> None:
    status = os.stat(folder)
    here = (status.st_dev, status.st_ino)
    if here in above:
        raise CannotTravel(f"{prefix[:-1]!r} in it is a link that leads back to a folder above")
    names = sorted(os.listdir(folder))
    if prefix and not names:
        found[prefix[:-1]] = None
    if _OWN_FOLDER in names:
        raise CannotTravel(f"{prefix + _OWN_FOLDER!r} in it is where dagwright keeps results")
    for name in names:
        path, inner = os.path.join(folder, name), prefix + name
        try:
            mode = os.stat(path).st_mode
        except FileNotFoundError:
            raise CannotTravel(f"{inner!r} in it is a link that leads nowhere") from None
        if stat.S_ISDIR(mode):
            _scan(path, f"{inner}/", (*above, here), found)
        elif stat.S_ISREG(mode):
            found[inner] = Bytes(path=path, executable=bool(mode & 0o100))
        else:
            raise CannotTravel(f"{inner!r} in it is neither a file nor a folder")


def stamps(folder: str) -> dict[str, tuple[int, int]]:
    """What tells whether a folder was changed, without reading a file: the time and size of each by path."""
    found = {}
    for base, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = os.path.join(base, name)
            status = os.lstat(path)
            is_folder = stat.S_ISDIR(status.st_mode)
            found[path] = (0, -1) if is_folder else (status.st_mtime_ns, status.st_size)
    return found


def write_manifest(entries: Entries) -> bytes:
    """Write the manifest; see ``contract.files``.

    Raises:
        OSError: A file on this machine is gone.
    """
    items: list[dict[str, Any]] = []
    for path, item in entries.items():
        if item is None:
            items.append({"path": path})
            continue
        entry: dict[str, Any] = {"path": path, "sha256": item.digest(), "size": item.size}
        if item.executable:
            entry["x"] = True
        items.append(entry)
    return canonical(items)


def read_manifest(content: bytes, access: Access) -> Entries:
    """Read a manifest of the store.

    Its digest says that it is what somebody wrote, and nothing more: so all of it is held to its form before any of it becomes a path, a key or a
    number.

    Raises:
        StoreError: It is no manifest, names a path that leads out of its directory, or a path twice.
    """
    from dagwright.contract.jsontext import loads

    try:
        items = loads(content)
    except ValueError as error:
        raise _no_manifest(f"is {error}") from None
    if not isinstance(items, list):
        raise _no_manifest("lists no files")
    entries: Entries = {}
    for item in items:
        path = item.get("path") if isinstance(item, dict) else None
        if not isinstance(path, str):
            raise _no_manifest("lists something that has no path")
        if not leads_inside(path):
            raise _no_manifest(f"names {path!r}, which leads out of it")
        if path in entries:
            raise _no_manifest(f"names {path!r} twice")
        entries[path] = _read_entry(path, item, access) if "sha256" in item else None
    for folder in {folder for path in entries for folder in _folders_above(path)}:
        if entries.get(folder) is not None:
            raise _no_manifest(f"names {folder!r} as a file and as a folder")
    return entries


def _read_entry(path: str, item: dict[str, Any], access: Access) -> Bytes:
    sha256: Any = item["sha256"]
    size: Any = item.get("size")
    if not is_digest(sha256) or not is_size(size):
        raise _no_manifest(f"does not say which bytes {path!r} has")
    return Bytes(sha256=sha256, size=size, access=access, executable=bool(item.get("x")))


def _folders_above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _no_manifest(what: str) -> StoreError:
    return StoreError(f"a directory in the store {what}: nothing is written", transient=False)
