"""Numbers and names that AWS Batch limits (facts: its service model and user guide)."""

from __future__ import annotations

import re
from hashlib import sha256

MAX_ATTEMPTS = 10
MAX_ARRAY = 10_000
MIN_ARRAY = 2
MAX_DEPENDENCIES = 20
MAX_NAME = 128
MAX_EXIT_RULES = 5
MAX_PATTERN = 512
MIN_TIMEOUT_S = 60
MAX_DEFINITION_BYTES = 24 * 1024
MAX_JOB_BYTES = 30 * 1024
MAX_OVERRIDES = 8192
"""Characters of command and environment; beyond, the job fails at run time, not the call."""
RESERVED_ENVIRONMENT = "AWS_BATCH"
HASH_ROOM = 9
"""What the submitter adds to a definition's name: ``-`` and 8 digits."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_OTHER = re.compile("[^a-z0-9]+")


def plain(name: str) -> str:
    """Letters, digits and ``-`` of a Python name; a name without any (``_``, or no ASCII) goes by its digest."""
    return _OTHER.sub("-", name.lower()).strip("-") or f"x{digest(name)}"


def short(name: str, limit: int = MAX_NAME) -> str:
    """The name, or where it is too long its beginning and a digest of the whole."""
    return name if len(name) <= limit else f"{name[: limit - 9]}-{digest(name)}"


def digest(text: str) -> str:
    """Eight digits that stand for ``text``."""
    return sha256(text.encode()).hexdigest()[:8]
