"""Splitting a graph that is too large for one DAG template into nested ones, along the cuts that add the fewest waits.

A nested DAG starts when everything that any of its tasks needs is there, and is done when all of its tasks are. So tasks can
move into one without any of them waiting longer if together they are a *module*: a stretch of a chain, or tasks that have the
same tasks before and behind them. Modules of modules are found first; only a graph that is none is cut where the fewest values
cross. Knows names and edges, not tasks.
"""

from __future__ import annotations

import heapq
from collections import deque
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_ROUNDS = 64
"""Depth to which modules of modules are looked for; a bound on time, deeper nesting is cut instead."""


class Group(msgspec.Struct, frozen=True):
    """One DAG template: names of tasks, and nested groups, in an order that respects the edges."""

    entries: tuple[str | Group, ...]

    def leaves(self) -> Iterator[str]:
        """All tasks inside, at any depth, in order."""
        for entry in self.entries:
            if isinstance(entry, Group):
                yield from entry.leaves()
            else:
                yield entry

    def groups(self) -> Iterator[Group]:
        """Nested groups, at any depth, outer ones first."""
        for entry in self.entries:
            if isinstance(entry, Group):
                yield entry
                yield from entry.groups()


def split(predecessors: Mapping[str, tuple[str, ...]], limit: int) -> Group:
    """Group tasks so that no group has more than ``limit`` entries; one group when they fit.

    Args:
        predecessors: By task, in topological order.
        limit: Most entries of a group; at least 2.
    """
    if len(predecessors) <= limit:
        return Group(tuple(predecessors))
    modules = _contract(predecessors, limit)
    if len(modules.members) == 1:
        entries = _arrange(next(iter(modules.members.values())), limit)
    elif len(modules.members) <= limit:
        entries = _collapse_largest(modules, limit)
    else:
        entries = _cut(modules, limit)
    return _fold(entries, predecessors, limit)


class _Module(msgspec.Struct, frozen=True, eq=False):
    """Tasks that may share a nested DAG at no cost: one task, a stretch of a chain, or tasks side by side."""

    kind: Literal["leaf", "series", "parallel"]
    first: int
    size: int
    name: str = ""
    parts: tuple[_Module, ...] = ()

    def leaves(self) -> list[str]:
        found: list[str] = []
        stack: list[_Module] = [self]
        while stack:
            module = stack.pop()
            if module.kind == "leaf":
                found.append(module.name)
            stack.extend(reversed(module.parts))
        return found


class _Modules:
    """The graph while it is contracted: modules by the number of their first task, and their edges."""

    def __init__(self, predecessors: Mapping[str, tuple[str, ...]]) -> None:
        number = {name: position for position, name in enumerate(predecessors)}
        self.members = {position: _Module("leaf", position, 1, name) for name, position in number.items()}
        self.before = {number[name]: {number[earlier] for earlier in earliers} for name, earliers in predecessors.items()}
        self.behind: dict[int, set[int]] = {position: set() for position in self.members}
        for position, earliers in self.before.items():
            for earlier in earliers:
                self.behind[earlier].add(position)

    def merge(self, kind: Literal["series", "parallel"], members: Sequence[int]) -> None:
        """Replace modules by one of them all, which keeps the number of the first."""
        kept, *others = members
        # A stretch within a stretch is one stretch: fewer levels to walk, and bins may cut anywhere.
        parts = [
            part for n in members for part in (self.members[n].parts if self.members[n].kind == kind else (self.members[n],))
        ]
        merged = _Module(kind, min(part.first for part in parts), sum(part.size for part in parts), parts=tuple(parts))
        if kind == "series":
            last = members[-1]
            for later in self.behind[last]:
                self.before[later].discard(last)
                self.before[later].add(kept)
            self.behind[kept] = self.behind[last]
        for other in others:
            if kind == "parallel":
                for earlier in self.before[other]:
                    self.behind[earlier].discard(other)
                for later in self.behind[other]:
                    self.before[later].discard(other)
            del self.members[other], self.before[other], self.behind[other]
        self.members[kept] = merged

    def order(self) -> list[int]:
        """Topological, by first task where there is a choice."""
        missing = {number: len(earliers) for number, earliers in self.before.items()}
        ready = [(self.members[number].first, number) for number, count in missing.items() if not count]
        heapq.heapify(ready)
        found: list[int] = []
        while ready:
            _, number = heapq.heappop(ready)
            found.append(number)
            for later in self.behind[number]:
                missing[later] -= 1
                if not missing[later]:
                    heapq.heappush(ready, (self.members[later].first, later))
        return found


def _contract(predecessors: Mapping[str, tuple[str, ...]], limit: int) -> _Modules:
    """Merge modules, side by side first, until the rest fits or no module is left."""
    modules = _Modules(predecessors)
    for _ in range(_ROUNDS):
        if len(modules.members) <= limit or not (_merge_twins(modules) | _merge_chains(modules)):
            break
    return modules


def _merge_twins(modules: _Modules) -> bool:
    twins: dict[tuple[frozenset[int], frozenset[int]], list[int]] = {}
    for number in modules.members:
        twins.setdefault((frozenset(modules.before[number]), frozenset(modules.behind[number])), []).append(number)
    found = [group for group in twins.values() if len(group) > 1]
    for group in found:
        modules.merge("parallel", group)
    return bool(found)


def _merge_chains(modules: _Modules) -> bool:
    chains: list[list[int]] = []
    for number in modules.members:
        if _only_link(modules, number, modules.before) is None:
            chain = [number]
            while (following := _only_link(modules, chain[-1], modules.behind)) is not None:
                chain.append(following)
            if len(chain) > 1:
                chains.append(chain)
    for chain in chains:
        modules.merge("series", chain)
    return bool(chains)


def _only_link(modules: _Modules, number: int, side: Mapping[int, set[int]]) -> int | None:
    """The one neighbour on a side whose one neighbour on the other side this is."""
    other = modules.behind if side is modules.before else modules.before
    if len(side[number]) != 1:
        return None
    (neighbour,) = side[number]
    return neighbour if len(other[neighbour]) == 1 else None


def _arrange(module: _Module, limit: int) -> list[str | Group]:
    """Lay out one module: neighbours fill a group as long as they fit, larger ones are laid out by themselves."""
    if module.size <= limit:
        return [_group(module.leaves())]
    entries: list[str | Group] = []
    filling: list[str] = []
    for part in module.parts:
        if len(filling) + part.size > limit:
            entries += [_group(filling)] if filling else []
            filling = []
        if part.size > limit:
            entries += _arrange(part, limit)
        else:
            filling += part.leaves()
    return entries + ([_group(filling)] if filling else [])


def _group(leaves: list[str]) -> str | Group:
    return leaves[0] if len(leaves) == 1 else Group(tuple(leaves))


def _collapse_largest(modules: _Modules, limit: int) -> list[str | Group]:
    """Keep as many tasks as fit beside each other; only the largest modules become groups."""
    room = limit - len(modules.members)
    opened: set[int] = set()
    for number in sorted(modules.members, key=lambda member: (modules.members[member].size, member)):
        room -= modules.members[number].size - 1
        if room < 0:
            break
        opened.add(number)
    entries: list[str | Group] = []
    for number in modules.order():
        module = modules.members[number]
        entries += module.leaves() if number in opened else _arrange(module, limit)
    return entries


def _cut(modules: _Modules, limit: int) -> list[str | Group]:
    """Cut the topological order into stretches that fit, where the fewest modules have users on the other side."""
    order = modules.order()
    place = {number: position for position, number in enumerate(order)}
    last_use = [
        max((place[later] for later in modules.behind[number]), default=position) for position, number in enumerate(order)
    ]
    crossing = [0] * (len(order) + 2)
    for position, last in enumerate(last_use):
        if last > position:
            crossing[position + 1] += 1
            crossing[last + 1] -= 1
    for position in range(1, len(crossing)):
        crossing[position] += crossing[position - 1]
    sizes = [min(modules.members[number].size, limit) for number in order]
    entries: list[str | Group] = []
    for start, end in _cheapest_stretches(sizes, crossing, limit):
        stretch = [modules.members[number] for number in order[start:end]]
        entries += (
            _arrange(stretch[0], limit)
            if len(stretch) == 1
            else [_group([leaf for module in stretch for leaf in module.leaves()])]
        )
    return entries


def _cheapest_stretches(sizes: Sequence[int], crossing: Sequence[int], limit: int) -> list[tuple[int, int]]:
    """Cut so that no stretch is larger than ``limit`` and the sum of crossings, plus one a cut, is least. Linear time."""
    best, came_from, total = [0], [0], [0]
    window: deque[int] = deque([0])
    for end in range(1, len(sizes) + 1):
        total.append(total[-1] + sizes[end - 1])
        while total[end] - total[window[0]] > limit:
            window.popleft()
        came_from.append(window[0])
        best.append(best[window[0]] + crossing[end] + 1)
        while window and best[window[-1]] >= best[end]:
            window.pop()
        window.append(end)
    stretches: list[tuple[int, int]] = []
    end = len(sizes)
    while end:
        stretches.append((came_from[end], end))
        end = came_from[end]
    return stretches[::-1]


def _fold(entries: list[str | Group], predecessors: Mapping[str, tuple[str, ...]], limit: int) -> Group:
    """Group again, by the same rules, where even the groups are too many."""
    if len(entries) <= limit:
        return Group(tuple(entries))
    place = {leaf: str(number) for number, entry in enumerate(entries) for leaf in _leaves(entry)}
    between: dict[str, dict[str, None]] = {str(number): {} for number in range(len(entries))}
    for name, earliers in predecessors.items():
        between[place[name]].update((place[earlier], None) for earlier in earliers if place[earlier] != place[name])
    folded = split({number: tuple(earliers) for number, earliers in between.items()}, limit)
    return _replaced(folded, {str(number): entry for number, entry in enumerate(entries)})


def _leaves(entry: str | Group) -> Iterable[str]:
    return entry.leaves() if isinstance(entry, Group) else (entry,)


def _replaced(group: Group, entries: Mapping[str, str | Group]) -> Group:
    return Group(tuple(_replaced(entry, entries) if isinstance(entry, Group) else entries[entry] for entry in group.entries))
