"""Makes the code under test small and deterministic: limits of bytes that short values pass, chance and time that come from the world."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.world import Actor, World


class _Time:
    """What the code under test finds as ``time``: the clock of the actor whose turn it is, and no wall clock at all."""

    def __init__(self) -> None:
        self.actor: Actor | None = None

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


def make_deterministic() -> None:
    """Give the code under test the world's time and chance; once a process."""
    from dagwright.cache import blobs, leases
    from dagwright.upkeep import collection

    for module in (blobs, leases, collection):
        module.time = clock  # type: ignore[attr-defined]
    os.urandom = chance  # type: ignore[assignment]


def make_small(rng: random.Random) -> None:
    """Choose limits about the size of the values here, so that both sides of each are seen."""
    import dagwright.cache
    from dagwright.cache import blobs, protocol

    dagwright.cache.INLINE_LIMIT = 12
    blobs._ONE_REQUEST = rng.choice((8, 64))
    blobs._PART = 7
    protocol._KEPT = rng.choice((8, 64))
