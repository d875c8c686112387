"""Where the elements of a wide list stand in its blob, so that a pod of a map reads its own and no others.

The blob is the list's JSON text, whole. It is thought of as segments of equally many elements each, and the document that names the blob
tells the length and the SHA-256 of every segment: neighbours are read by one range and verified without the rest.
"""

from __future__ import annotations

from dagwright.contract.jsontext import dumps
from dagwright.contract.keys import sha256_hex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

    Json = Any

_SEGMENT = 64 * 1024
"""Bytes of a segment, about: what one request carries at no more cost than a single element."""
_MOST_SEGMENTS = 512
"""The document is read by every pod, and a segment takes 75 bytes of it."""
_SAMPLE = 32
"""Elements that the length of all is judged by."""


class Slices:
    """Segments of ``per`` elements (the last may have fewer), their lengths in bytes and their digests."""

    __slots__ = ("digests", "lengths", "per")

    def __init__(self, per: int, lengths: tuple[int, ...], digests: tuple[str, ...]) -> None:
        self.per = per
        self.lengths = lengths
        self.digests = digests

    def place(self, first: int, last: int) -> tuple[int, int]:
        """Where the segments ``first`` to ``last`` stand in the blob: start and length in bytes."""
        start = 1 + sum(self.lengths[:first]) + first  # a bracket before all, a comma after each
        return start, sum(self.lengths[first : last + 1]) + last - first

    def encode(self) -> dict[str, Json]:
        """What stands in the document."""
        return {"per": self.per, "lengths": list(self.lengths), "sums": list(self.digests)}


def pack_list(data: list[Json]) -> tuple[bytes, Optional[Slices]]:
    """Write a list as JSON, and tell its segments where it has several."""
    sample = data if len(data) <= _SAMPLE else data[:: len(data) // _SAMPLE]
    text = dumps(sample).encode("ascii")
    about = len(text) * (len(data) / len(sample)) if sample else 0
    if about <= _SEGMENT or len(data) < 2:
        return (text if sample is data else dumps(data).encode("ascii")), None
    per = max(1, round(len(data) * max(_SEGMENT, about / _MOST_SEGMENTS) / about))
    segments = [dumps(data[start : start + per]).encode("ascii")[1:-1] for start in range(0, len(data), per)]
    lengths = tuple(len(segment) for segment in segments)
    return b"[" + b",".join(segments) + b"]", Slices(per, lengths, tuple(sha256_hex(segment) for segment in segments))


def read_slices(data: Json, count: Optional[int], size: int) -> Slices:
    """Read what stands in a document about a list of ``count`` elements whose blob has ``size`` bytes.

    Raises:
        ValueError: It is of another shape, or does not add up.
    """
    if not isinstance(data, dict):
        raise ValueError("no object")
    per, lengths, digests = data.get("per"), data.get("lengths"), data.get("sums")
    if type(per) is not int or per < 1 or not isinstance(lengths, list) or not isinstance(digests, list):
        raise ValueError("of another shape")
    if not all(type(length) is int and length > 0 for length in lengths) or not all(type(digest) is str for digest in digests):
        raise ValueError("of another shape")
    if count is None or len(lengths) != -(-count // per) or len(digests) != len(lengths):
        raise ValueError("not of all elements")
    if sum(lengths) + len(lengths) + 1 != size:
        raise ValueError("not of all bytes")
    return Slices(per, tuple(lengths), tuple(digests))
