"""Makes the code under test small and deterministic: limits of bytes that short values pass, chance and time that come from the world."""

from __future__ import annotations

import concurrent.futures
import os
import random
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from dagwright.execution.journal import Progress
    from simulation.world import Actor, World


class _Time:
    """What the code under test finds as ``time``: the clock of the actor whose turn it is, and no wall clock at all."""

    def __init__(self) -> None:
        self.actor: Actor | None = None

    CLOCK_BOOTTIME = CLOCK_MONOTONIC = 0

    def clock_gettime(self, _clock: int) -> float:
        return self.monotonic()

    def monotonic(self) -> float:
        assert self.actor is not None
        return self.actor.monotonic()

    def sleep(self, seconds: float) -> None:
        assert self.actor is not None
        self.actor.sleep(seconds)


clock = _Time()


class _Chance:
    """What the code under test finds as ``os.urandom``."""

    def __init__(self) -> None:
        self.world: World | None = None

    def __call__(self, count: int) -> bytes:
        assert self.world is not None
        return self.world.rng.randbytes(count)


chance = _Chance()


class _NoJournal:
    """The file in which the processes of one pod tell each other what is done: here a pod is one process."""

    def __init__(self, assignment: object) -> None:
        pass

    def read(self) -> Progress:
        from dagwright.execution.journal import Progress

        return Progress()

    def add_result(self, index: int, result: object, *, cached: bool) -> None:
        pass

    def add_earlier(self, spent: object) -> None:
        pass


class _OneAfterTheOther:
    """What the code under test finds as a pool of threads."""

    def __init__(self, count: int) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    map = staticmethod(map)


def make_deterministic() -> None:
    """Give the code under test the world's time and chance; once a process."""
    from dagwright.cache import blobs, leases
    from dagwright.execution import chunk
    from dagwright.upkeep import collection

    for module in (blobs, leases, chunk, collection):
        module.time = clock  # type: ignore[attr-defined]
    os.urandom = chance  # type: ignore[assignment]
    chunk.Journal = _NoJournal  # type: ignore[assignment,misc]
    concurrent.futures.ThreadPoolExecutor = _OneAfterTheOther  # type: ignore[assignment,misc]


def make_small(rng: random.Random) -> None:
    """Choose limits about the size of the values here, so that both sides of each are seen."""
    import dagwright.cache
    from dagwright.cache import blobs, protocol

    dagwright.cache.INLINE_LIMIT = 12
    blobs._ONE_REQUEST = rng.choice((8, 64))
    blobs._PART = 7
    protocol._KEPT = rng.choice((8, 64))
