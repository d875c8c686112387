"""What a grouping into nested DAGs costs: the tasks that wait longer because of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_argo.partition import Group

if TYPE_CHECKING:
    from collections.abc import Mapping


def delayed(root: Group, predecessors: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Tasks that wait, because of the grouping, for tasks that they did not wait for before."""
    bit = {name: 1 << position for position, name in enumerate(predecessors)}
    needed: dict[str, int] = {}
    for name, earliers in predecessors.items():
        needed[name] = 0
        for earlier in earliers:
            needed[name] |= needed[earlier] | bit[earlier]
    waited = _waits(root, predecessors, bit)
    return [name for name in predecessors if waited[name] != needed[name]]


def _waits(root: Group, predecessors: Mapping[str, tuple[str, ...]], bit: Mapping[str, int]) -> dict[str, int]:
    """What every task waits for in a grouping, as bits."""
    places = _places(root)
    earlier_entries: dict[tuple[int, ...], set[int]] = {}
    for name, earliers in predecessors.items():
        place = places[name]
        for earlier in earliers:
            other, depth = places[earlier], 0
            while place[depth] == other[depth]:
                depth += 1
            earlier_entries.setdefault(place[: depth + 1], set()).add(other[depth])
    waited: dict[str, int] = {}

    def enter(group: Group, path: tuple[int, ...], before: int) -> int:
        done: list[int] = []
        for position, entry in enumerate(group.entries):
            needed = before
            for earlier in earlier_entries.get((*path, position), ()):
                needed |= done[earlier]
            if isinstance(entry, Group):
                done.append(enter(entry, (*path, position), needed))
            else:
                waited[entry] = needed
                done.append(needed | bit[entry])
        everything = before
        for part in done:
            everything |= part
        return everything

    enter(root, (), 0)
    return waited


def _places(root: Group) -> dict[str, tuple[int, ...]]:
    """Position of every task: the number of its entry in every group around it."""
    places: dict[str, tuple[int, ...]] = {}
    stack: list[tuple[Group, tuple[int, ...]]] = [(root, ())]
    while stack:
        group, prefix = stack.pop()
        for position, entry in enumerate(group.entries):
            if isinstance(entry, Group):
                stack.append((entry, (*prefix, position)))
            else:
                places[entry] = (*prefix, position)
    return places
