"""Values: strict typing, the wire form, blobs.

``Codec`` is the whole interface: it normalises values to their declared types, and writes and reads the wire form of
``contract.literals``. A form per kind of type does the work; forms of rare kinds are imported when a program uses them.
"""

from __future__ import annotations

from dagwright.values.codec import Codec
from dagwright.values.mismatch import PickleDenied, ValueMismatch

__all__ = ["Codec", "PickleDenied", "ValueMismatch"]
