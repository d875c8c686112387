"""Stores: six verbs over files and object stores.

``open_store(url)`` gives the driver of a URL's scheme. Keys are relative paths with ``/``; values are whole byte strings. The
verbs are few on purpose: no compare-and-swap, no times, no renames, so that every object store has them.
"""

from __future__ import annotations

from dagwright.store.errors import Damaged, FileChanged, NotFound, StoreError
from dagwright.store.opening import open_store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dagwright.store.verbs import Store as Store

__all__ = ["Damaged", "FileChanged", "NotFound", "StoreError", "open_store"]
