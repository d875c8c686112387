"""``kwtypes``: the columns of a table, or the interface of a task that is written as an object."""

from __future__ import annotations


def kwtypes(**columns: object) -> dict[str, object]:
    """Types by name, in their order."""
    return columns
