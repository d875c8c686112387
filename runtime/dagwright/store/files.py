"""A store in a folder: this machine's disk, a hostPath or any network file system with hard links.

A value is written to a file of its own under ``.tmp``, forced to disk, and only then given its name: ``create`` links it, which
fails where the name is taken, ``put`` renames it. So a name always leads to a whole value, whoever is killed whenever.

Folders are not forced to disk. A power cut may forget the newest names, never tear a value; the cache protocol computes
forgotten values again, and forcing each folder would double the time of a write.
"""

from __future__ import annotations

import errno
import os
import time

from dagwright.store.errors import NotFound, StoreError
from dagwright.store.keys import check_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Iterable, Iterator, Optional

    from dagwright.store.verbs import Listed, Names

_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR})
_FATAL = {
    errno.EACCES: "give this user ({user}) the right to write there",
    errno.EPERM: "the file system forbids it; one with hard links is needed",
    errno.EROFS: "mount the volume for writing",
    errno.ENAMETOOLONG: "shorten the name of the task, node or run",
    errno.ENOTSUP: "use a file system with hard links",
    errno.EXDEV: "use one file system for the whole store",
    errno.EMLINK: "use a file system with hard links",
    errno.ENOTDIR: "a file stands where the store needs a folder",
    errno.EISDIR: "a folder stands where the store needs a file",
}
"""What no repetition mends, and what does. All else (no space, I/O error, stale handle, quota) may pass."""
_PASSING = {errno.ENOSPC: "make room there", errno.EDQUOT: "make room there, or raise the quota"}
"""What may pass, and what helps it to."""


class FileStore:
    """The store ``file:///folder``; see ``verbs.Store``. Safe to use from many processes, threads and forked children."""

    __slots__ = ("_root", "_serial", "url")
    conditional = True
    at_once = 1

    def __init__(self, url: str) -> None:
        self.url = url
        self._root = path_of(url)
        self._serial = 0

    def get(self, key: str) -> bytes:
        """Read a value; see ``Store``."""
        try:
            descriptor = os.open(self._path(key), os.O_RDONLY | os.O_CLOEXEC)
            try:
                return _read(descriptor, os.fstat(descriptor).st_size)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise self._reading(error, "read", key) from error

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Read a part of a value; see ``Store``."""
        try:
            descriptor = os.open(self._path(key), os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.lseek(descriptor, start, os.SEEK_SET)
                there = os.fstat(descriptor).st_size - start  # memory is taken for what is asked for
                return _read(descriptor, max(0, min(length, there)))
            finally:
                os.close(descriptor)
        except OSError as error:
            raise self._reading(error, "read", key) from error

    def create(self, key: str, data: bytes) -> bool:
        """Write a value unless one stands there; see ``Store``."""
        path = self._path(key)
        try:
            staged = self._stage((data,))
            try:
                _name(os.link, staged, path)
            except FileExistsError:
                return False
            finally:
                os.unlink(staged)
        except OSError as error:
            raise self._failure(error, "create", key) from error
        return True

    def put(self, key: str, data: bytes) -> None:
        """Write a value over whatever stands there; see ``Store``."""
        self._write(key, (data,))

    def put_file(self, key: str, path: str, *, sha256: str) -> None:
        """Write a file's bytes over whatever stands there; see ``Store``."""
        from dagwright.store.transfers import parts_of

        self._write(key, parts_of(self.url, key, path, sha256))

    def get_file(self, key: str, path: str, *, sha256: str, size: int) -> None:
        """Read a value into a file; see ``Store``."""
        from dagwright.store.transfers import fetch

        fetch(self.get_range, self.url, key, path, sha256=sha256, size=size, ahead=1)

    def _write(self, key: str, parts: Iterable[bytes]) -> None:
        path = self._path(key)
        try:
            staged = self._stage(parts)
            try:
                _name(os.replace, staged, path)
            except OSError:
                os.unlink(staged)
                raise
        except OSError as error:
            raise self._failure(error, "write", key) from error

    def list(self, folder: str) -> Names:
        """Name all keys below a folder; see ``Store``."""
        return sorted(name for name, _ in self._walk(folder))

    def listing(self, folder: str) -> Listed:
        """Tell all keys below a folder with size and time; see ``Store``."""
        found = ((name, _stat(entry)) for name, entry in self._walk(folder))
        return sorted((name, stat.st_size, stat.st_mtime) for name, stat in found if stat is not None)

    def leftovers(self, older_than_s: float) -> Names:
        """Name files that dead writers left, as paths; see ``Store``."""
        try:
            with os.scandir(f"{self._root}/.tmp") as entries:
                staged = [(entry.path, _stat(entry)) for entry in entries]
        except OSError as error:
            if error.errno in _ABSENT:
                return []
            raise self._failure(error, "list", ".tmp") from error
        youngest = time.time() - older_than_s  # a writer that lives touches its file with every part
        return sorted(path for path, stat in staged if stat is not None and stat.st_mtime < youngest)

    def _walk(self, folder: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
        pending = [(self._path(folder), folder)]
        while pending:
            path, name = pending.pop()
            try:
                with os.scandir(path) as entries:
                    for entry in entries:
                        if entry.is_dir(follow_symlinks=False):
                            pending.append((entry.path, f"{name}/{entry.name}"))
                        else:
                            yield f"{name}/{entry.name}", entry
            except OSError as error:
                if error.errno not in _ABSENT:
                    raise self._failure(error, "list", name) from error

    def delete(self, key: str) -> None:
        """Remove a value; see ``Store``."""
        try:
            os.unlink(self._path(key))
        except OSError as error:
            if error.errno not in _ABSENT:
                raise self._failure(error, "delete", key) from error

    def _path(self, key: str) -> str:
        check_key(key)
        return f"{self._root}/{key}"

    def _stage(self, parts: Iterable[bytes]) -> str:
        """Write bytes to a file of its own, on disk when this returns."""
        self._serial += 1
        # Pods may share a folder and all be process 1, so the name also holds random bytes.
        path = f"{self._root}/.tmp/{os.getpid()}-{self._serial}-{os.urandom(8).hex()}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        try:
            descriptor = os.open(path, flags, 0o666)
        except FileNotFoundError:
            os.makedirs(f"{self._root}/.tmp", exist_ok=True)
            descriptor = os.open(path, flags, 0o666)
        try:
            for part in parts:
                view = memoryview(part)
                while view:
                    view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
        except BaseException:
            os.unlink(path)
            raise
        finally:
            os.close(descriptor)
        return path

    def _reading(self, error: OSError, verb: str, key: str) -> StoreError:
        return NotFound(self.url, key) if error.errno in _ABSENT else self._failure(error, verb, key)

    def _failure(self, error: OSError, verb: str, key: str) -> StoreError:
        number = error.errno or 0
        remedy = _FATAL.get(number) or _PASSING.get(number)
        advice = "" if remedy is None else "; " + remedy.format(user=f"uid {os.geteuid()}")
        text = f"store {self.url} cannot {verb} {key!r}: {error.strerror or error}{advice}"
        return StoreError(text, transient=number not in _FATAL)


def _stat(entry: os.DirEntry[str]) -> Optional[os.stat_result]:
    try:
        return entry.stat(follow_symlinks=False)
    except FileNotFoundError:  # another process removed it meanwhile
        return None


def _read(descriptor: int, size: int) -> bytes:
    data = os.read(descriptor, size)
    if len(data) == size:
        return data
    parts = [data]
    missing = size - len(data)
    while data and missing:  # one read gives at most 2 GiB
        data = os.read(descriptor, missing)
        parts.append(data)
        missing -= len(data)
    return b"".join(parts)


def _name(give: Callable[[str, str], None], staged: str, path: str) -> None:
    """Give a staged file its name, making folders when the first try shows that they are missing."""
    try:
        give(staged, path)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        give(staged, path)


def path_of(url: str) -> str:
    """Path of a ``file://`` URL: absolute, percent-decoded.

    Raises:
        StoreError: The URL names another host or no absolute path.
    """
    path = url[len("file://") :]
    if path.startswith("localhost/"):
        path = path[len("localhost") :]
    if not path.startswith("/"):
        raise StoreError(f"not the URL of a folder: {url!r}; write file:// and an absolute path", transient=False)
    return (os.fsdecode(_percent_decoded(path)) if "%" in path else path).rstrip("/") or "/."


def _percent_decoded(text: str) -> bytes:
    """Written out because ``urllib.parse`` costs an attempt several milliseconds."""
    head, *parts = text.split("%")
    try:
        return os.fsencode(head) + b"".join(bytes.fromhex(part[:2]) + os.fsencode(part[2:]) for part in parts)
    except ValueError:
        raise StoreError(f"not percent-encoded: {text!r}", transient=False) from None
