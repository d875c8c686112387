"""What a run does with the cache: the values of ``DAGWRIGHT_CACHE``."""

from __future__ import annotations

ON = "on"
"""Results that stand in the cache are used, others are kept there."""
READ = "read"
"""Results that stand in the cache are used, nothing is written."""
WRITE = "write"
"""Everything is computed, and what stands in the cache is overwritten."""
OFF = "off"
"""Everything is computed, and nothing is written."""

READING = frozenset({ON, READ})
WRITING = frozenset({ON, WRITE})


def cache_mode(text: str | None) -> str:
    """Read the value of ``DAGWRIGHT_CACHE``; absent and empty are ``on``.

    Raises:
        ValueError: It is another word.
    """
    if not text:
        return ON
    if text not in (ON, READ, WRITE, OFF):
        raise ValueError(f"DAGWRIGHT_CACHE is {text!r}: write on, read, write or off")
    return text
