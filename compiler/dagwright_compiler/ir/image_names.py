"""Names of images that sources describe: their tags say what they hold."""

from __future__ import annotations

_RUNTIME_DIGITS = 8


def with_runtime(reference: str, digest: str) -> str:
    """Name a described image that has the runtime of a digest in it, too."""
    return f"{reference}-{digest[:_RUNTIME_DIGITS]}"
