"""Readable, DNS-ready ids for the nodes of a workflow.

The function's name if the workflow calls it once, else name and assigned variable, else an ordinal; an explicit name wins;
every id is unique. A name that the user gives a node is kept as it is or refused, never numbered or cut.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dagwright_compiler.frontend.findings import Findings, Place
    from dagwright_compiler.frontend.promises import Call

_OTHER = re.compile(r"[^a-z0-9]+")
_LONGEST = 50
"""Leaves room for an ordinal and a prefix within the 63 characters of a DNS label."""


def mangle(name: str) -> str:
    """Lower-case letters, digits and single dashes; empty when nothing of that is left."""
    return _plain(name)[:_LONGEST].rstrip("-")


def check_names(calls: Sequence[Call], findings: Findings) -> None:
    """Report names of nodes that are too long, or that two calls of a workflow have."""
    named: dict[str, tuple[str, Place]] = {}
    for call in calls:
        place = call.node_name_place
        if place is None:
            continue
        name = _plain(call.node_name)
        if len(name) > _LONGEST:
            message = f"the name of this node has {len(name)} characters; {_LONGEST} is the most"
            findings.add(codes.WRONG_NODE_NAME, message, place, help="shorten it")
            continue
        text, earlier = named.setdefault(name, (call.node_name, place))
        if earlier is not place:
            _report_second(name, call, place, (text, earlier), findings)


def _report_second(name: str, call: Call, place: Place, first: tuple[str, Place], findings: Findings) -> None:
    earlier_text, earlier = first
    if earlier.node is place.node:  # a loop or a helper function, which comes here more than once
        if findings.is_first(place):
            message = f"more than one call gets the name `{name}`: this line is reached several times"
            keyword = "" if call.gate else "node_name="
            help_ = f'put what differs into the name, as in `{keyword}f"step-{{i}}"`'
            findings.add(codes.WRONG_NODE_NAME, message, place, help=help_)
        return
    message = f"another call of this workflow is named `{name}` already"
    spelled = [f"`{each}`" for each in dict.fromkeys((earlier_text, call.node_name)) if each != name]
    notes = (
        (f"names keep a to z, digits and dashes: {' and '.join(spelled)} become{'s' if len(spelled) == 1 else ''} `{name}`",)
        if spelled
        else ()
    )
    findings.add(
        codes.WRONG_NODE_NAME,
        message,
        place,
        related=[(earlier, "the other one")],
        notes=notes,
        help="give one of them another name",
    )


def _plain(name: str) -> str:
    return _OTHER.sub("-", name.lower()).strip("-")


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
