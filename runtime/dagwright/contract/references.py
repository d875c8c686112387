"""Workflow inputs by reference: what travels when a text is too long for an environment.

``{"$ref": <sha256>, "len": <n>}`` stands in the place of the input's JSON text, which is the blob of that digest in the run's store. ``len``
is there for lists, so that an orchestrator can count them without reading the store. One variable may hold 128 KiB on Linux, and
AWS Batch and Kubernetes allow less for all of a container's.
"""

from __future__ import annotations

from dagwright.contract.jsontext import dumps, loads
from dagwright.contract.keys import is_digest, sha256_hex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable


def refer(text: str, put: Callable[[str, bytes], object], *, longest: int) -> str:
    """Put a text over ``longest`` characters into the store and give its reference; a shorter one stays itself.

    Args:
        text: What a workflow input holds: JSON, or bare text.
        put: Takes the digest and the bytes of a blob.
        longest: Characters that may travel.
    """
    if len(text) <= longest:
        return text
    data = text.encode("utf-8", "surrogatepass")
    digest = sha256_hex(data)
    put(digest, data)
    try:
        value = loads(text)
    except ValueError:
        value = text
    return dumps({"$ref": digest, "len": len(value)} if isinstance(value, list) else {"$ref": digest})


def referred(text: str) -> str | None:
    """Give the digest that a text refers to; ``None`` where the text is itself."""
    if not text.startswith('{"$ref"'):
        return None
    try:
        data = loads(text)
    except ValueError:
        return None
    digest = data.get("$ref")
    return digest if is_digest(digest) and data.keys() <= {"$ref", "len"} else None
