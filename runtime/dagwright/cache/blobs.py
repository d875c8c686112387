"""Blobs of results: bytes under their SHA-256, verified whenever they are read.

No digest that comes from a store becomes a key before it has the form of one (``results``), and none is believed: what is served
was hashed.
"""

from __future__ import annotations

from dagwright.cache.results import DamagedResult
from dagwright.contract.keys import sha256_hex
from dagwright.contract.names import blob_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Union

    from dagwright.store.verbs import Store
    from dagwright.values.blobs import BlobFile

_ONE_REQUEST = 8 * 1024 * 1024
"""Size up to which a blob is created, in one request that a slow network must carry within half a minute."""
_PART = 8 * 1024 * 1024
"""Bytes that are held at a time while a long blob is verified."""


def publish_blob(store: Store, digest: str, content: Union[bytes, BlobFile]) -> None:
    """Write a blob.

    Where one stands already it is written again, not compared: that mends other bytes (a crash of the disk, a bad copy) for the price of
    looking, and makes an old blob young, so that no collection of garbage takes it while its result is being published. Writers of one
    digest write the same bytes. A long one is written in parts by stores that have them, so it is not created. What came from the store and only
    goes through a task is held by the pin that it came from.
    """
    key = blob_key(digest)
    if not isinstance(content, bytes):
        if content.path:
            store.put_file(key, content.path, sha256=digest)
        return
    if len(content) > _ONE_REQUEST or not store.create(key, content):
        store.put(key, content)


def read_blob(store: Store, digest: str, size: int | None) -> bytes:
    """Read a blob whole; ``size`` is ``None`` where its result does not list it, and then the digest may be none at all.

    Raises:
        DamagedResult: It holds other bytes, or none were promised.
        NotFound: It is gone.
    """
    if size is None:
        raise DamagedResult("its data refers to a blob that it does not list")
    content = store.get_range(blob_key(digest), 0, size + 1)  # one more, to see that it ends there
    if len(content) != size or sha256_hex(content) != digest:
        raise DamagedResult(f"the blob {digest} holds other bytes")
    return content


def verify_blob(store: Store, digest: str, size: int) -> None:
    """Make sure that a blob holds its bytes, a part in memory at a time.

    Raises:
        DamagedResult: It holds others.
        NotFound: It is gone.
    """
    from hashlib import sha256

    key, found, start = blob_key(digest), sha256(), 0
    while start <= size:
        part = store.get_range(key, start, min(_PART, size + 1 - start))
        found.update(part)
        start += len(part)
        if not part:
            break
    if start != size or found.hexdigest() != digest:
        raise DamagedResult(f"the blob {digest} holds other bytes")
