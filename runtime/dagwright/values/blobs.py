"""References to blobs inside the wire form: ``{"$blob": <sha256>, "size": n, "enc": ...}``."""

from __future__ import annotations

from dagwright.contract.keys import sha256_hex
from dagwright.values.mismatch import ValueMismatch, described

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dagwright.values.form import Blobs, Fetch, Json


def put_blob(content: bytes, enc: str, blobs: Blobs) -> Json:
    """Hand bytes over and give the reference to them."""
    digest = sha256_hex(content)
    blobs[digest] = content
    return {"$blob": digest, "size": len(content), "enc": enc}


def get_blob(data: Json, enc: str, fetch: Fetch, spelling: str) -> bytes:
    """Fetch what a reference names.

    Raises:
        ValueMismatch: ``data`` is no reference to a blob of this encoding.
    """
    if type(data) is not dict or data.get("enc") != enc or type(data.get("$blob")) is not str:
        raise ValueMismatch(spelling, described(data))
    return fetch(data["$blob"])
