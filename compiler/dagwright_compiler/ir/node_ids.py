"""Node ids: readable names that are DNS labels from the start, so that no target has to rename a node."""

from __future__ import annotations

import re

_OTHER = re.compile("[^a-z0-9]+")


def node_id(name: str) -> str:
    """Lower-case letters, digits and single hyphens of a Python name; ``node`` when nothing is left."""
    return _OTHER.sub("-", name.lower()).strip("-") or "node"
