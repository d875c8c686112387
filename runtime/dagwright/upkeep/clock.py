"""The time by a store's own clock, the only one that ages of its objects can be told by."""

from __future__ import annotations

import os

from dagwright.contract.names import CLOCK
from dagwright.store.errors import StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dagwright.store.verbs import Store


def store_time(store: Store) -> float:
    """Write an object, look when the store says that was (Unix seconds), and remove it.

    Raises:
        StoreError: The store failed, or shows no object that was just written.
    """
    name = os.urandom(8).hex()
    key = f"{CLOCK}/{name}"
    store.put(key, b"")
    try:
        for found, _, written in store.listing(CLOCK):
            if found == key:
                return written
    finally:
        store.delete(key)
    raise StoreError(f"store {store.url} does not list {key!r}, which was just written: ages cannot be told", transient=True)
