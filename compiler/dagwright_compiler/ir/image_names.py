"""Names of images that sources describe: their tags say what they hold."""

from __future__ import annotations

import re

TAG_DIGITS = 16
"""Of the digest that is the tag of an image whose name nobody configured."""
_RUNTIME_DIGITS = 8
_IS_OURS = re.compile(rf":[0-9a-f]{{{TAG_DIGITS}}}\Z")


def with_runtime(reference: str, digest: str) -> str:
    """Name a described image that has the runtime of a digest in it, too; one that the settings name is what they say."""
    return f"{reference}-{digest[:_RUNTIME_DIGITS]}" if _IS_OURS.search(reference) else reference
