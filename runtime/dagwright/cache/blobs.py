"""Blobs of results: bytes under their SHA-256, verified whenever they are read.

No digest that comes from a store becomes a key before it has the form of one (``results``), and none is believed: what is served
was hashed.
"""

from __future__ import annotations

import time

from dagwright.cache.results import DamagedResult
from dagwright.contract.keys import is_digest, sha256_hex
from dagwright.contract.names import SWEEPS, blob_key
from dagwright.store.errors import NotFound
from dagwright.store.together import SHORT_FILE, each

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping, Union

    from dagwright.store.verbs import Store
    from dagwright.values.blobs import BlobFile

_ONE_REQUEST = 8 * 1024 * 1024
"""Size up to which a blob is created, in one request that a slow network must carry within half a minute."""
_PART = 8 * 1024 * 1024
"""Bytes that are held at a time while a long blob is verified."""
SWEEP_SILENCE_S = 180.0
"""How long a collection of garbage is waited for.

It removes blobs for 20 seconds before it looks at them again; its last request may be repeated for a minute and be under way for half of one
more. What is left is for a machine that stands still.
"""


def publish_blobs(store: Store, blobs: Mapping[str, Union[bytes, BlobFile]]) -> None:
    """Write blobs so that each is there when this returns, whatever is removed meanwhile.

    A blob that stands there already is written again, not compared: that mends other bytes (a crash of the disk, a bad copy) for the
    price of looking, and makes an old blob young, so that no collection of garbage takes it while its result is being published. One
    that looked before we wrote may still remove it: it shows that it is about to (``SWEEPS``), so we wait and write once more.
    Writers of one digest write the same bytes.

    Raises:
        FileChanged: A file has other bytes by now.
        StoreError: The store failed.
    """
    if not blobs:
        return
    while True:
        _write(store, blobs)
        sweeping = store.list(SWEEPS)
        if sweeping:
            _outlast(store, sweeping)
        elif not _is_one_lost(store, blobs):
            return


def _write(store: Store, blobs: Mapping[str, Union[bytes, BlobFile]]) -> None:
    """Write every blob.

    Long files go one after the other: each is written with as many parts at a time as serve well, and memory holds no more.
    """
    short = [digest for digest, content in blobs.items() if isinstance(content, bytes) or len(content) <= SHORT_FILE]
    each(store, lambda digest: _write_one(store, digest, blobs[digest]), short)
    done = frozenset(short)
    for digest, content in blobs.items():
        if digest not in done:
            _write_one(store, digest, content)


def _write_one(store: Store, digest: str, content: Union[bytes, BlobFile]) -> None:
    """Write a blob: a short one in one request, which also makes a damaged or an old one new; a long one in parts by stores that have them."""
    key = blob_key(digest)
    if isinstance(content, bytes):
        if len(content) > _ONE_REQUEST or not store.create(key, content):
            store.put(key, content)
    elif content.path:
        store.put_file(key, content.path, sha256=digest)


def _is_one_lost(store: Store, blobs: Mapping[str, Union[bytes, BlobFile]]) -> bool:
    """Tell whether a blob is gone: a collection of garbage may have removed it and left since we wrote.

    Even one that was not there when we wrote it may be: the request that removed the one before may have been sent twice. What came from the
    store and only goes through a task is held by the pin that it came from.
    """

    def is_gone(digest: str) -> bool:
        try:
            store.get_range(blob_key(digest), max(0, len(blobs[digest]) - 1), 1)
        except NotFound:
            return True
        return False

    ours = [digest for digest, content in blobs.items() if isinstance(content, bytes) or content.path]
    return any(each(store, is_gone, ours))


def _outlast(store: Store, sweeping: list[str]) -> None:
    """Wait until what removes blobs has done so; marks that show no end are of the dead, and go."""
    started, pause_s = time.monotonic(), 0.05
    while time.monotonic() - started < SWEEP_SILENCE_S:
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.5, 2.0)
        left = set(store.list(SWEEPS))
        sweeping = [key for key in sweeping if key in left]
        if not sweeping:
            return
    for key in sweeping:
        store.delete(key)


def named_digests(text: str | bytes) -> list[str]:
    """Find all digests in JSON text, wherever they stand in it and whatever its form."""
    pieces = (text if isinstance(text, str) else text.decode("latin-1")).split('"')
    return sorted({piece for piece in pieces if is_digest(piece)})


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
