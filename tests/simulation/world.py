"""A store, a time and a scheduler, all in one process: one actor moves at a time, and the seed says which, and what goes wrong.

The code under test is synchronous, so each actor has a thread; a baton makes them take turns. An actor gives it away before every
operation on the store and whenever it sleeps. Nothing here reads a real clock.
"""

from __future__ import annotations

import _thread
import contextlib
import random
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from dagwright.cache.leases import Pace
from dagwright.contract.names import BLOBS
from dagwright.store.errors import NotFound, StoreError
from simulation.disk import Disk
from simulation.small import chance, clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from dagwright.cache.leases import Lease

MOST_OPERATIONS = 6000
"""Of one seed; more means that somebody waits for ever."""


class Crashed(BaseException):
    """The actor's process is dead."""


class Stuck(Exception):
    """The actors go on and on."""


class Faults(NamedTuple):
    """Chances of what goes wrong at an operation."""

    crash: float = 0.0
    refused: float = 0.0
    """The store fails and does nothing."""
    lost: float = 0.0
    """The answer is lost: the driver repeats what was done already."""
    failed_late: float = 0.0
    """The store does it and fails."""
    stall: float = 0.0
    flip: float = 0.0
    """What is read has other bytes than what stands there."""
    rot: float = 0.0
    """Some object of the store changes for good."""


class Actor:
    """One process on one machine."""

    def __init__(self, world: World, name: str, faults: Faults) -> None:
        self.world = world
        self.name = name
        self.faults = faults
        self.is_dead = False
        self.is_done = False
        self.wakes_at = world.now
        self.rate = world.rng.uniform(0.8, 1.25)
        self.offset = world.rng.uniform(-1e6, 1e6)
        self.longest_stall_s = 200.0
        self.frozen_removals = 0.0
        """Chance that the process stands still while it removes a blob."""
        self.stalled_until = 0.0
        self.disk = Disk()
        self.cause = ""
        """What a supervisor would see of the last death."""
        self.turn = _thread.allocate_lock()
        self.turn.acquire()

    def revive(self) -> None:
        """Start again as another process on another machine."""
        self.restart()
        self.disk = Disk()
        self.rate = self.world.rng.uniform(0.8, 1.25)
        self.offset = self.world.rng.uniform(-1e6, 1e6)

    def restart(self) -> None:
        """Start again as another process on the same machine."""
        self.is_dead = False
        self.world.forget_beats(self)

    def monotonic(self) -> float:
        return self.offset + self.world.now * self.rate

    def sleep(self, seconds: float) -> None:
        self.wakes_at = self.world.now + seconds / self.rate
        self.world.give_way(self)

    def die(self) -> None:
        self.is_dead = True
        self.world.crashes += 1
        raise Crashed


class World:
    """All that actors share."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.now = 1e9
        self.objects: dict[str, tuple[bytes, float]] = {}
        self.damaged: dict[str, float] = {}
        self.unnamed: dict[str, float] = {}
        """Blobs that a rotten entry named, by the time since when it cannot keep them from a collection."""
        """Keys whose bytes changed by themselves since they were last written, and when."""
        self.operations = 0
        self.crashes = 0
        self.is_quiet = False
        """Whether nothing goes wrong any more."""
        self.on_write: Callable[[str, bytes], None] = lambda key, data: None
        self._actors: list[Actor] = []
        self._beats: list[_Beat] = []
        self._over = _thread.allocate_lock()
        self._over.acquire()
        self._errors: list[BaseException] = []
        self.is_atomic = False
        """Whether an owner shows that it lives: nobody else moves meanwhile."""
        chance.world = self

    # Turns

    def run(self, works: list[tuple[Actor, Callable[[], None]]]) -> None:
        """Let actors work until all are done or dead.

        Raises:
            Exception: What one of them raised.
        """
        self._actors = [actor for actor, _ in works]
        self._beats = []
        for actor, work in works:
            _pool.start(lambda actor=actor, work=work: self._live(actor, work))
        first = self._next(None)
        if first is not None:
            first.turn.release()
            self._over.acquire()
        if self._errors:
            raise self._errors[0]

    def _live(self, actor: Actor, work: Callable[[], None]) -> None:
        actor.turn.acquire()
        try:
            if not self._errors:
                work()
        except Crashed:
            pass
        except BaseException as error:  # noqa: BLE001 - raised again by ``run``
            self._errors.append(error)
        actor.is_done = True
        self._actors.remove(actor)
        following = self._next(None)
        (self._over if following is None else following.turn).release()

    def give_way(self, actor: Actor) -> None:
        """Let whoever is next go on."""
        if self.is_atomic:
            return
        following = self._next(actor)
        assert following is not None
        if following is not actor:
            following.turn.release()
            actor.turn.acquire()
        if self._errors:
            raise Crashed

    def _next(self, current: Actor | None) -> Actor | None:
        """Choose who moves: the one who does goes on half of the time, else chance decides among those who are awake."""
        if not self._actors:
            return None
        if current is None or current.wakes_at > self.now or self.rng.random() < 0.5:
            awake = [actor for actor in self._actors if actor.wakes_at <= self.now]
            if not awake:
                self.advance(min(actor.wakes_at for actor in self._actors))
                awake = [actor for actor in self._actors if actor.wakes_at <= self.now]
            current = awake[0] if len(awake) == 1 else awake[int(self.rng.random() * len(awake))]
        clock.actor = current
        return current

    def advance(self, until: float) -> None:
        """Let time pass; owners of leases who live show it meanwhile."""
        if self._beats and not self.is_atomic:
            self.is_atomic = True
            try:
                for beat in self._beats:
                    beat.catch_up(until)
            finally:
                self.is_atomic = False
        self.now = max(self.now, until)

    def beat(self, actor: Actor, lease: Lease, every_s: float) -> Callable[[], None]:
        found = _Beat(actor, lease, every_s / actor.rate, self.now)
        self._beats.append(found)
        return lambda: self._beats.remove(found) if found in self._beats else None

    def forget_beats(self, actor: Actor) -> None:
        """The process that held leases is gone."""
        self._beats = [beat for beat in self._beats if beat.actor is not actor]

    @property
    def is_over(self) -> bool:
        """Whether an actor has failed, and the others only leave."""
        return bool(self._errors)

    # Objects

    def write(self, key: str, data: bytes) -> None:
        self.objects[key] = (data, self.now)
        self.damaged.pop(key, None)
        self.on_write(key, data)

    def rot(self) -> None:
        """Change an object for good."""
        keys = [key for key in self.objects if key.startswith(("v1/cas", "v1/ac", "v1/run"))]
        if keys:
            key = self.rng.choice(keys)
            data, written = self.objects[key]
            self.objects[key] = (self.spoilt(data), written)
            self.damaged[key] = self.now
            if key.startswith("v1/ac"):
                self.unnamed |= dict.fromkeys(re.findall("[0-9a-f]{64}", data.decode("latin-1")), self.now)

    def spoilt(self, data: bytes) -> bytes:
        """Other bytes."""
        if not data:
            return b"x"
        place = self.rng.randrange(len(data))
        return self.rng.choice((data[:place], data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :], data + b"x"))


class _Beat:
    """An owner that shows every few seconds that it lives."""

    def __init__(self, actor: Actor, lease: Lease, every_s: float, started: float) -> None:
        self.actor = actor
        self._lease = lease
        self._every_s = every_s
        self._due = started + every_s

    def catch_up(self, until: float) -> None:
        # One that is stalled shows nothing: its process stands still.
        while self._due <= until and not self.actor.is_dead and self.actor.stalled_until <= self._due:
            self.actor.world.now = max(self.actor.world.now, self._due)
            self._lease.renew()
            self._due += self._every_s
        if self._due <= until:
            self._due = until + self._every_s


class WorldPace(Pace):
    """The pace of leases by an actor's own clock."""

    __slots__ = ("_actor",)

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        self._actor = actor

    def now(self) -> float:
        return self._actor.monotonic()

    def sleep(self, seconds: float) -> None:
        self._actor.sleep(seconds)

    def beat(self, lease: Lease) -> Callable[[], None]:
        return self._actor.world.beat(self._actor, lease, self.heartbeat_s)


class WorldStore:
    """The store as one actor reaches it; see ``dagwright.store.verbs.Store``."""

    conditional = True
    at_once = 1
    url = "world://store"

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._world = actor.world

    def get(self, key: str) -> bytes:
        return self._operation(lambda: self._read(key))

    def get_range(self, key: str, start: int, length: int) -> bytes:
        return self._operation(lambda: self._read(key)[start : start + length])

    def create(self, key: str, data: bytes) -> bool:
        return self._operation(lambda: self._created(key, data))

    def put(self, key: str, data: bytes) -> None:
        self._operation(lambda: self._world.write(key, data))

    def delete(self, key: str) -> None:
        world, remove = self._world, lambda: self._removed(key)
        stands_still = key.startswith(BLOBS) and world.rng.random() < self._actor.frozen_removals and not world.is_quiet
        self._operation((lambda: self._stall(remove)) if stands_still else remove)

    def list(self, folder: str) -> list[str]:
        return self._operation(lambda: sorted(key for key in self._world.objects if key.startswith(f"{folder}/")))

    def listing(self, folder: str) -> list[tuple[str, int, float]]:
        return self._operation(
            lambda: sorted(
                (key, len(data), written) for key, (data, written) in self._world.objects.items() if key.startswith(f"{folder}/")
            )
        )

    def leftovers(self, older_than_s: float) -> list[str]:
        return []

    def _read(self, key: str) -> bytes:
        if key not in self._world.objects:
            raise NotFound(self.url, key)
        data = self._world.objects[key][0]
        if not self._world.is_quiet and self._actor.faults.flip and self._world.rng.random() < self._actor.faults.flip:
            return self._world.spoilt(data)
        return data

    def _created(self, key: str, data: bytes) -> bool:
        if key in self._world.objects:
            return False
        self._world.write(key, data)
        return True

    def _removed(self, key: str) -> None:
        self._world.objects.pop(key, None)
        self._world.damaged.pop(key, None)

    def _operation(self, apply: Callable[[], Any]) -> Any:
        actor, world = self._actor, self._world
        if actor.is_dead:
            raise Crashed
        if world.is_atomic:
            return apply()
        world.operations += 1
        if world.operations > MOST_OPERATIONS:
            raise Stuck
        world.give_way(actor)
        if world.is_quiet:
            return apply()
        random = world.rng.random
        world.advance(world.now + random() * 0.2)
        faults = actor.faults
        drawn = random()
        for likely, wrong in zip(faults, _WRONG, strict=True):
            if drawn < likely:
                return wrong(self, apply)
            drawn -= likely
        return apply()

    def _crash(self, apply: Callable[[], Any]) -> Any:
        if self._world.rng.random() < 0.5:
            with contextlib.suppress(StoreError):
                apply()
        self._actor.die()

    def _refuse(self, apply: Callable[[], Any]) -> Any:
        raise StoreError("the store is not there", transient=True)

    def _lose(self, apply: Callable[[], Any]) -> Any:
        apply()
        # The driver waits and sends it again: a ``create`` then finds its own object.
        self._actor.sleep(self._world.rng.random() * 10)
        return apply()

    def _fail_late(self, apply: Callable[[], Any]) -> Any:
        apply()
        raise StoreError("the store has gone away", transient=True)

    def _stall(self, apply: Callable[[], Any]) -> Any:
        """The process stands still, before the request or while it is under way."""
        seconds = self._world.rng.random() ** 3 * self._actor.longest_stall_s
        is_before = self._world.rng.random() < 0.5
        answer = None if is_before else apply()
        self._actor.stalled_until = self._world.now + seconds
        self._actor.sleep(seconds)
        return apply() if is_before else answer

    def _nothing(self, apply: Callable[[], Any]) -> Any:
        return apply()

    def _rot(self, apply: Callable[[], Any]) -> Any:
        self._world.rot()
        return apply()


_WRONG = (
    WorldStore._crash,
    WorldStore._refuse,
    WorldStore._lose,
    WorldStore._fail_late,
    WorldStore._stall,
    WorldStore._nothing,
    WorldStore._rot,
)


class _Pool:
    """Threads that are used again: starting one costs more than a seed's work in it."""

    def __init__(self) -> None:
        self._idle: list[_Worker] = []

    def start(self, work: Callable[[], None]) -> None:
        worker = self._idle.pop() if self._idle else _Worker(self._idle)
        worker.give(work)


class _Worker:
    def __init__(self, idle: list[_Worker]) -> None:
        self._idle = idle
        self._work: Callable[[], None] | None = None
        self._given = _thread.allocate_lock()
        self._given.acquire()
        _thread.start_new_thread(self._serve, ())

    def give(self, work: Callable[[], None]) -> None:
        self._work = work
        self._given.release()

    def _serve(self) -> None:
        while True:
            self._given.acquire()
            assert self._work is not None
            self._work()
            self._idle.append(self)


_pool = _Pool()
