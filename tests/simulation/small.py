"""Makes the code under test small and deterministic: limits of bytes that short values pass, chance and time that come from the world."""

from __future__ import annotations

import concurrent.futures
import os
import random
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from simulation.world import Actor, World


class _Time:
    """What the code under test finds as ``time``: the clock of the actor whose turn it is, and no wall clock at all."""

    def __init__(self) -> None:
        self.actor: Actor | None = None

    CLOCK_BOOTTIME = CLOCK_MONOTONIC = 0

    def clock_gettime(self, _clock: int) -> float:
        return self.monotonic()

    def monotonic(self) -> float:
        return self.running.monotonic()

    def time(self) -> float:
        return self.running.world.now

    def sleep(self, seconds: float) -> None:
        self.running.sleep(seconds)

    @property
    def running(self) -> Actor:
        """The actor whose turn it is."""
        assert self.actor is not None
        return self.actor


clock = _Time()


class _Chance:
    """What the code under test finds as ``os.urandom``."""

    def __init__(self) -> None:
        self.world: World | None = None

    def __call__(self, count: int) -> bytes:
        assert self.world is not None
        return self.world.rng.randbytes(count)


chance = _Chance()


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
    import dagwright.store
    from dagwright.cache import blobs, leases
    from dagwright.execution import chunk, closing, journal, stopping
    from dagwright.upkeep import collection
    from simulation.disk import DiskSystem, open_file
    from simulation.world import WorldStore

    for module in (blobs, leases, chunk, closing, stopping, collection):
        module.time = clock  # type: ignore[attr-defined]
    os.urandom = chance  # type: ignore[assignment]
    journal.os = DiskSystem()  # type: ignore[attr-defined]
    journal.open = open_file  # type: ignore[attr-defined]
    dagwright.store.open_store = lambda _url: WorldStore(clock.running)  # type: ignore[assignment,return-value]
    concurrent.futures.ThreadPoolExecutor = _OneAfterTheOther  # type: ignore[assignment,misc]


def make_small(rng: random.Random) -> None:
    """Choose limits about the size of the values here, so that both sides of each are seen."""
    import dagwright.cache
    from dagwright.cache import blobs, protocol

    dagwright.cache.INLINE_LIMIT = 12
    blobs._ONE_REQUEST = rng.choice((8, 64))
    blobs._PART = 7
    protocol._KEPT = rng.choice((8, 64))
