"""Reading many documents of a store: as many at a time as its kind bears."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Iterable, Optional

    from dagwright.store.verbs import Store

    Content = Optional[bytes]
    Concurrently = Callable[[Callable[[str], Content], list[str]], Iterable[Content]]

_REQUESTS = 32
"""At a time, to a store over a network."""


def concurrently(store: Store) -> Concurrently:
    """What reads the documents of a store, and gives them in the order of their keys."""
    return map if store.url.startswith("file:") else _by_threads


def _by_threads(read: Callable[[str], Content], keys: list[str]) -> Iterable[Content]:
    with ThreadPoolExecutor(_REQUESTS) as threads:
        yield from threads.map(read, keys)
