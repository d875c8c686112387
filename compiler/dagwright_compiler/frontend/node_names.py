"""Readable, DNS-ready ids for the nodes of a workflow.

The function's name if the workflow calls it once, else name and assigned variable, else an ordinal; an explicit name wins;
every id is unique.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dagwright_compiler.frontend.promises import Call

_OTHER = re.compile(r"[^a-z0-9]+")
_LONGEST = 50
"""Leaves room for an ordinal and a prefix within the 63 characters of a DNS label."""


def mangle(name: str) -> str:
    """Lower-case letters, digits and single dashes; empty when nothing of that is left."""
    return _OTHER.sub("-", name.lower()).strip("-")[:_LONGEST].rstrip("-")


def name_nodes(calls: Sequence[Call]) -> dict[int, str]:
    """Ids of calls in order, by ``id(call)``."""
    names = [mangle(call.callee.node.name) or "node" for call in calls]
    uses = Counter(name for call, name in zip(calls, names, strict=True) if not call.node_name)
    ids: dict[int, str] = {}
    taken: set[str] = set()
    ordinals: Counter[str] = Counter()
    for call in calls:  # explicit names first: nothing else may take them
        if call.node_name:
            ids[id(call)] = _unique(mangle(call.node_name), taken, ordinals)
    for call, name in zip(calls, names, strict=True):
        if call.node_name:
            continue
        variable = mangle(call.variable) if uses[name] > 1 else ""
        wanted = f"{name}-{variable}"[:_LONGEST].rstrip("-") if variable else name
        ids[id(call)] = _unique(wanted, taken, ordinals)
    return ids


def _unique(wanted: str, taken: set[str], ordinals: Counter[str]) -> str:
    """``wanted``, or the first free ``wanted-2``, ``wanted-3``, ...; counting on from the last one keeps this linear."""
    if wanted not in taken:
        taken.add(wanted)
        ordinals[wanted] = max(ordinals[wanted], 1)
        return wanted
    number = max(ordinals[wanted], 1)
    found = wanted
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    ordinals[wanted] = number
    taken.add(found)
    return found
