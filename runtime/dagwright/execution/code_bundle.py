"""A code bundle from the store: fetched, its digest checked, unpacked into a folder, before anything of it is read.

The digest is over names, sizes and contents (``dagwright_compiler.bundle``), so it vouches for the unpacked files whatever the
archive around them looks like. Only regular files below ``code/`` and ``plan.json`` are taken.
"""

from __future__ import annotations

import hashlib
import io
import os

from dagwright.contract.exits import SYSTEM_FATAL, SYSTEM_TRANSIENT
from dagwright.contract.names import bundle_key
from dagwright.execution.faults import Fault, fatal, transient

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dagwright.store.verbs import Store


def unpack_bundle(store: Store, digest: str, folder: str) -> None:
    """Fetch the bundle and write ``plan.json`` and ``code/`` into ``folder``.

    Raises:
        Fault: It is not the bundle of that digest, or holds anything but plain files in their place.
        StoreError: The store failed, or holds no such bundle.
    """
    key = bundle_key(digest)
    files = _read_members(store.get(key), key)
    if digest_of(files) != digest:
        raise fatal(f"store {store.url}: {key} holds other bytes than its name says: submit the workflow again")
    for name, data in files:
        path = os.path.join(folder, *name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)


def digest_of(files: list[tuple[str, bytes]]) -> str:
    """Digest names, sizes and contents, in order."""
    total = hashlib.sha256()
    for name, data in files:
        total.update(f"{len(name.encode())}:{name}{len(data)}:".encode())
        total.update(data)
    return total.hexdigest()


def _read_members(archive: bytes, key: str) -> list[tuple[str, bytes]]:
    import tarfile

    files = []
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
            for member in tar:
                if not member.isreg() or not _is_plain(member.name):
                    raise fatal(f"{key} holds {member.name!r}, which is no plain file of a bundle: refused")
                opened = tar.extractfile(member)
                assert opened is not None
                files.append((member.name, opened.read()))
    except tarfile.TarError as error:
        raise fatal(f"{key} is no archive ({error}): submit the workflow again") from error
    return files


def _is_plain(name: str) -> bool:
    """Accept ``plan.json`` and relative paths below ``code/`` whose parts lead down only."""
    if name == "plan.json":
        return True
    first, *rest = name.split("/")
    return (
        first == "code"
        and bool(rest)
        and all(part not in ("", ".", "..") and "\0" not in part and "\\" not in part for part in rest)
    )


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
