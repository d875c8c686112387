"""Results of a map's elements in one run: in pins of their own, or in the stripe of the pod that ran several.

Reads the store, and remembers what it read; writes nothing.
"""

from __future__ import annotations

import os

from dagwright.cache import read_pin
from dagwright.cache.stripes import read_parts, read_stripe
from dagwright.contract.chunks import chunk_length
from dagwright.contract.names import pin_key, stripe_key
from dagwright.store.together import each

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable

    from dagwright.cache import Result
    from dagwright.execution.plan_view import NodeView
    from dagwright.store.verbs import Store


class Elements:
    """The elements of one map node.

    Args:
        store: Where the run's values are.
        run: Key of the run.
        node: The map.
        count: How many elements it has.
        most_pods: How many pods it has at most.
    """

    __slots__ = ("_chunk", "_has_holes", "_node", "_pins", "_run", "_shape", "_store", "_stripes", "count")

    def __init__(self, store: Store, run: str, node: NodeView, count: int, most_pods: int) -> None:
        self._store = store
        self._run = run
        self._node = node.id
        self._has_holes = node.has_holes
        self._shape = node.task.shape
        self._chunk = chunk_length(count, most_pods)
        self._pins: dict[int, Result] = {}
        self._stripes: dict[int, dict[int, Result]] = {}
        self.count = count

    def result(self, index: int) -> Result | None:
        """Give the result of an element; ``None`` while it has none.

        Raises:
            PinDamaged: It is damaged.
            StoreError: The store failed.
        """
        if self._chunk > 1:
            return self._stripe(index // self._chunk).get(index)
        found = self._pins.get(index)
        if found is None:
            found = read_pin(self._store, pin_key(self._run, self._node, index), outputs=self._shape)
            if found is not None:
                self._pins[index] = found
        return found

    def fetch(self, indices: Iterable[int]) -> None:
        """Read the results of several elements together.

        Raises:
            PinDamaged: One is damaged.
            StoreError: The store failed.
        """
        if self._chunk > 1:
            each(self._store, self._stripe, sorted({index // self._chunk for index in indices}))
        else:
            each(self._store, self.result, indices)

    def holds(self, index: int) -> bool:
        """Tell whether an element has a result, without reading more of it than needed.

        Raises:
            StoreError: The store failed.
        """
        from dagwright.store import NotFound

        if self._chunk > 1:
            return index in self._stripe(index // self._chunk)
        try:
            self._store.get_range(pin_key(self._run, self._node, index), 0, 1)
        except NotFound:
            return False
        return True

    def pod(self, index: int) -> int:
        """Which pod runs an element."""
        return index // self._chunk

    def key(self, index: int) -> str:
        """Where in the store an element's result is looked for."""
        if self._chunk > 1:
            return stripe_key(self._run, self._node, index // self._chunk)
        return pin_key(self._run, self._node, index)

    def _stripe(self, pod: int) -> dict[int, Result]:
        found = self._stripes.get(pod)
        if found is None:
            found = read_stripe(self._store, self._run, self._node, pod, outputs=self._shape)
            if found is None:
                found = self._finished(pod) if self._has_holes else {}
            self._stripes[pod] = found
        return found

    def _finished(self, pod: int) -> dict[int, Result]:
        """Give what a pod finished that lost some of its elements."""
        return finished_results(self._store, self._run, self._node, pod, outputs=self._shape)


def finished_results(
    store: Store, run: str, node: str, pod: int, *, outputs: list[tuple[str, str]] | None = None
) -> dict[int, Result]:
    """Give what the attempts of a pod finished, whether or not it is all: of an element that two finished, one and the same result.

    Raises:
        StoreError: The store failed.
    """
    found: dict[int, Result] = {}
    for part in read_parts(store, run, node, pod, _say, outputs=outputs):
        for index, result in part.results.items():
            found.setdefault(index, result)
    return found


def _say(text: str) -> None:
    os.write(2, f"dagwright: {text}\n".encode("utf-8", "backslashreplace"))
