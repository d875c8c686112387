"""References to blobs inside the wire form: ``{"$blob": <sha256>, "size": n, "enc": ...}``.

Short blobs are bytes in memory; those of files stay on disk (``BlobFile``).
"""

from __future__ import annotations

from dagwright.contract.keys import sha256_hex
from dagwright.values.mismatch import ValueMismatch, described

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dagwright.values.form import Blobs, Fetch, Json


class BlobFile:
    """A blob that is not in memory: a file of this machine, or, where ``path`` is empty, what the store has already."""

    __slots__ = ("path", "size")

    def __init__(self, path: str, size: int) -> None:
        self.path = path
        self.size = size

    def __len__(self) -> int:
        return self.size


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


def fetch_from(blobs: Blobs) -> Fetch:
    """Read blobs that are in memory; no form but those of files hands over others."""

    def fetch(sha256: str) -> bytes:
        content = blobs[sha256]
        assert type(content) is bytes
        return content

    return fetch
