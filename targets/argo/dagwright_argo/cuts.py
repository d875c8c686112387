"""Where a graph that is too large for one object comes apart best: what to tell whoever has to split it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_SMALLEST_PART = 4
"""Each side has at least one of so many parts of the calls: a cut near an end helps nobody."""


class Cut(NamedTuple):
    """A place in the order of the calls: the first one behind it, how many stand before it, and how many results are needed across it."""

    behind: str
    before: int
    crossing: int


def best_cut(predecessors: Mapping[str, tuple[str, ...]]) -> Cut:
    """Find the place that the fewest results cross, the most even one among equals.

    Args:
        predecessors: By call, every call behind its predecessors; at least two calls.
    """
    order = list(predecessors)
    place = {name: number for number, name in enumerate(order)}
    last = list(range(len(order)))
    for name, earliers in predecessors.items():
        for earlier in earliers:
            last[place[earlier]] = max(last[place[earlier]], place[name])
    # A result crosses every place behind its call, up to its last consumer.
    change = [0] * (len(order) + 1)
    for number, until in enumerate(last):
        change[number + 1] += 1
        change[until + 1] -= 1
    crossing = 0
    found: list[tuple[int, int, int]] = []
    for number in range(1, len(order)):
        crossing += change[number]
        if min(number, len(order) - number) * _SMALLEST_PART >= len(order) or len(order) < _SMALLEST_PART:
            found.append((crossing, abs(2 * number - len(order)), number))
    fewest, _, at = min(found)
    return Cut(order[at], at, fewest)
