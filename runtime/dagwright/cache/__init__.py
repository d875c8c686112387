"""Reuse of results: entries, pins and their publication.

``results`` is the document that an entry or a pin holds, ``protocol`` the order in which it is written and what is checked
when it is read. Nothing here knows Python values: data is in the wire form.
"""

from __future__ import annotations

from dagwright.cache.protocol import InputsDiffer, PinDamaged, fetcher, lookup, publish, read_pin
from dagwright.cache.results import INLINE_LIMIT, Output, Result, pack_output, unpack_output

__all__ = [
    "INLINE_LIMIT",
    "InputsDiffer",
    "Output",
    "PinDamaged",
    "Result",
    "fetcher",
    "lookup",
    "pack_output",
    "publish",
    "read_pin",
    "unpack_output",
]
