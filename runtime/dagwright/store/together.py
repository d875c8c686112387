"""Several operations of a store at a time, where waiting for its answers is most of the work."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Iterable, TypeVar

    from dagwright.store.verbs import Store

    Item = TypeVar("Item")
    Answer = TypeVar("Answer")

SHORT_FILE = 1024 * 1024
"""Size up to which files are moved several at a time: memory holds that many of them."""
_FEW = 3
"""Operations that end before threads, which cost an import of 10 ms, could help."""


def each(store: Store, work: Callable[[Item], Answer], items: Iterable[Item]) -> list[Answer]:
    """Do the work for every item, for as many at a time as the store serves well; give the answers in the order of the items.

    ``work`` raises what it likes: the first item's error reaches the caller, once no thread works any more.
    """
    listed = list(items)
    if store.at_once == 1 or len(listed) <= _FEW:
        return [work(item) for item in listed]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(store.at_once, len(listed))) as pool:
        answers = [pool.submit(work, item) for item in listed]
        try:
            return [answer.result() for answer in answers]
        finally:
            for answer in answers:
                answer.cancel()
