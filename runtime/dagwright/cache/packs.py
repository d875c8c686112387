"""Reading some elements of a list that a result holds: by range where the list is wide."""

from __future__ import annotations

from dagwright.cache.blobs import read_blob
from dagwright.cache.protocol import PinDamaged
from dagwright.cache.results import DamagedResult
from dagwright.contract.jsontext import loads
from dagwright.contract.keys import sha256_hex
from dagwright.contract.names import blob_key
from dagwright.store.errors import NotFound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dagwright.cache.results import Output
    from dagwright.cache.slices import Slices
    from dagwright.store.verbs import Store

    Json = Any


def fetch_slice(store: Store, output: Output, lower: int, upper: int) -> list[Json]:
    """Give the wire data of the elements from ``lower`` up to ``upper`` of a list, verified.

    Raises:
        PinDamaged: The blob of the list is gone or holds other bytes.
        StoreError: The store failed.
    """
    if output.blob is None:
        return list(output.data[lower:upper])
    try:
        if output.slices is None or upper <= lower:
            return list(loads(read_blob(store, output.blob, output.sizes.get(output.blob)))[lower:upper])
        first, last = lower // output.slices.per, (upper - 1) // output.slices.per
        found = _segments(store, output.blob, output.slices, first, last)
    except (DamagedResult, NotFound) as damage:
        raise PinDamaged(f"a value in {store.url} is damaged: {damage}") from None
    before = first * output.slices.per
    return found[lower - before : upper - before]


def _segments(store: Store, blob: str, slices: Slices, first: int, last: int) -> list[Json]:
    start, length = slices.place(first, last)
    text = store.get_range(blob_key(blob), start, length)
    at = 0
    for segment in range(first, last + 1):
        part = text[at : at + slices.lengths[segment]]
        if sha256_hex(part) != slices.digests[segment]:
            raise DamagedResult(f"the blob {blob} holds other bytes")
        at += len(part) + 1
    return list(loads(b"[" + text + b"]"))
