"""A code bundle from the store: fetched, its digest checked, unpacked into a folder, before anything of it is read.

The digest is over names, sizes and contents (``dagwright_compiler.bundle``), so it vouches for the unpacked files whatever the
archive around them looks like. The archive is read by a reader of our own, which knows regular files and nothing else: no links, no devices, no
sparse files that are a few bytes here and gigabytes on the disk. Nothing is written before all of it was read and the digest fits.
"""

from __future__ import annotations

import hashlib
import os

from dagwright.contract.exits import SYSTEM_FATAL, SYSTEM_TRANSIENT
from dagwright.contract.files import leads_inside
from dagwright.contract.names import PLAN_FILE, bundle_key
from dagwright.execution.faults import Fault, fatal, transient

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dagwright.store.verbs import Store

_MOST_BYTES = 1 << 30
"""Of an archive, which is read into memory."""
_BLOCK = 512
_NAME, _SIZE, _SUM, _TYPE, _MAGIC, _PREFIX = (
    slice(0, 100),
    slice(124, 136),
    slice(148, 156),
    slice(156, 157),
    slice(257, 265),
    slice(345, 500),
)
"""Where the members of a header stand (POSIX.1-1988, ustar)."""


_AGAIN = "publish it there again (`dagwright publish`), or submit the workflow again"


def unpack_bundle(store: Store, digest: str, folder: str) -> None:
    """Fetch the bundle and write ``plan.json`` and ``code/`` into ``folder``.

    Raises:
        Fault: It is not there, is not the bundle of that digest, or holds anything but plain files in their place.
        StoreError: The store failed.
    """
    for name, data in read_bundle(store, digest):
        path = os.path.join(folder, *name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)


def read_bundle(store: Store, digest: str) -> list[tuple[str, bytes]]:
    """Fetch the files of a bundle, by their names in it.

    Raises:
        Fault: It is not there, is not the bundle of that digest, or holds anything but plain files in their place.
        StoreError: The store failed.
    """
    from dagwright.store.errors import NotFound

    key = bundle_key(digest)
    try:
        archive = store.get_range(key, 0, _MOST_BYTES + 1)
    except NotFound as missing:
        raise fatal(
            f"store {store.url}: {key}, the code of this workflow, is not there: publish it with `dagwright publish`, or submit the "
            "workflow again, with the store that its pods have"
        ) from missing
    if len(archive) > _MOST_BYTES:
        raise fatal(
            f"store {store.url}: {key} has more than {_MOST_BYTES >> 20} MiB: leave data out of the code, and read it from the store"
        )
    files = _read_members(archive, f"store {store.url}: {key}")
    if digest_of(files) != digest:
        raise fatal(f"store {store.url}: {key} holds other bytes than its name says: {_AGAIN}")
    return files


def digest_of(files: list[tuple[str, bytes]]) -> str:
    """Digest names, sizes and contents, in order."""
    total = hashlib.sha256()
    for name, data in files:
        total.update(f"{len(name.encode())}:{name}{len(data)}:".encode())
        total.update(data)
    return total.hexdigest()


def _read_members(archive: bytes, where: str) -> list[tuple[str, bytes]]:
    files: dict[str, bytes] = {}
    at = 0
    while True:
        header = archive[at : at + _BLOCK]
        if len(header) < _BLOCK:
            raise fatal(f"{where} is no archive, or not all of one: {_AGAIN}")
        if not header.strip(b"\0"):
            break
        name, size = _read_header(header, where)
        if name in files:
            raise fatal(f"{where} holds {name!r} twice: refused")
        at += _BLOCK
        files[name] = archive[at : at + size]
        if len(files[name]) < size:
            raise fatal(f"{where} ends within {name!r}: {_AGAIN}")
        at += -(-size // _BLOCK) * _BLOCK
    folders = {folder for name in files for folder in _folders_of(name)}
    both = folders.intersection(files)
    if both:
        raise fatal(f"{where} holds {min(both)!r} as a file and as a folder: refused")
    return list(files.items())


def _read_header(header: bytes, where: str) -> tuple[str, int]:
    """Give name and size of a member that is a plain file of a bundle."""
    total = sum(header[: _SUM.start]) + 8 * ord(" ") + sum(header[_SUM.stop :])
    if header[_MAGIC] != b"ustar\x0000" or _octal(header[_SUM]) != total:
        raise fatal(f"{where} is no archive of ours: {_AGAIN}")
    path = b"/".join(part for part in (_text(header[_PREFIX]), _text(header[_NAME])) if part)
    name = path.decode("utf-8", "backslashreplace")  # a name of other bytes has backslashes now, and so is refused
    size = _octal(header[_SIZE])
    if header[_TYPE] not in (b"0", b"\0") or size is None or not _is_plain(name):
        raise fatal(f"{where} holds {name!r}, which is no plain file of a bundle: refused")
    return name, size


def _text(member: bytes) -> bytes:
    return member.partition(b"\0")[0]


def _octal(member: bytes) -> int | None:
    digits = _text(member).strip(b" ")
    return int(digits, 8) if digits and not digits.strip(b"01234567") else None


def _folders_of(name: str) -> list[str]:
    return [name[:place] for place, char in enumerate(name) if char == "/"]


def _is_plain(name: str) -> bool:
    """Accept ``plan.json`` and relative paths below ``code/`` whose parts lead down only."""
    if name == PLAN_FILE:
        return True
    return name.startswith("code/") and leads_inside(name) and "\\" not in name


def fetch_apart(store_url: str, digest: str, folder: str) -> None:
    """Fetch in a process of its own: this one forks again and must not have touched the store.

    Raises:
        Fault: It did not work; the text came through a pipe.
    """
    reader, writer = os.pipe()
    try:
        pid = os.fork()
    except OSError as error:
        raise transient(f"cannot start the process that fetches the bundle: {error.strerror}") from error
    if pid == 0:
        os.close(reader)
        _fetch_and_leave(store_url, digest, folder, writer)
    os.close(writer)
    with open(reader, encoding="utf-8") as pipe:
        text = pipe.read()
    _, status = os.waitpid(pid, 0)
    if status:
        raise (transient if os.WIFEXITED(status) and os.WEXITSTATUS(status) == SYSTEM_TRANSIENT else fatal)(
            text or f"fetching the code bundle {digest[:16]} died"
        )


def _fetch_and_leave(store_url: str, digest: str, folder: str, writer: int) -> None:
    code = SYSTEM_FATAL
    text = ""
    try:
        from dagwright.store import StoreError, open_store

        try:
            unpack_bundle(open_store(store_url), digest, folder)
            code = 0
        except Fault as fault:
            code, text = fault.code, fault.text
        except StoreError as error:
            code, text = (SYSTEM_TRANSIENT if error.transient else SYSTEM_FATAL), str(error)
        except OSError as error:
            text = f"cannot unpack the code bundle into {folder}: {error.strerror}: the pod needs a writable DAGWRIGHT_WORK"
        os.write(writer, text.encode("utf-8", "backslashreplace"))
    finally:
        os._exit(code)
