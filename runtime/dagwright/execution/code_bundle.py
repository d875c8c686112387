"""A code bundle from the store: fetched, its digest checked, unpacked into a folder, before anything of it is read.

The digest is over names, sizes and contents (``dagwright_compiler.bundle``), so it vouches for the unpacked files whatever the
archive around them looks like. Only regular files below ``code/`` and ``plan.json`` are taken.
"""

from __future__ import annotations

import hashlib
import io
import os

from dagwright.contract.names import bundle_key
from dagwright.execution.faults import fatal

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
