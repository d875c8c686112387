"""What a seed stands for: an old time that left results behind, then runs, maps, readers, collections and removals beside each other.

Every attempt is ``dagwright.execution.task_call.perform`` or ``chunk.Chunk`` itself, every collection ``dagwright.upkeep.collection.collect``.
"""

from __future__ import annotations

import functools
import os
from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple, cast

from task_calls import call, task, value_of

from dagwright.cache import PinDamaged, fetcher, read_pin, unpack_output
from dagwright.cache.stripes import read_stripe
from dagwright.contract.modes import OFF, ON, READ, WRITE
from dagwright.contract.names import ENTRIES, RUNS, pin_key, stripe_key
from dagwright.execution.chunk import Chunk
from dagwright.execution.task_call import perform
from dagwright.store.errors import StoreError
from dagwright.upkeep.collection import Limits, collect
from dagwright.upkeep.entries import read_entries, remove_entries
from simulation.invariants import Observed
from simulation.small import make_small
from simulation.world import Actor, Crashed, Faults, World, WorldPace, WorldStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from dagwright.execution.assignment import Assignment
    from dagwright.execution.plan_view import TaskView
    from dagwright.execution.task_call import TaskCall
    from dagwright.store import Store

MAP = "m"
"""The node that is a map."""
_ELEMENTS = 3
_INLINE = 12
"""Bytes of an output that may stand in a stripe."""
GRACE_S = 2000.0
"""Of collections: longer than any attempt here takes from reading an entry to its pin."""
OLD_S = 3 * GRACE_S
LONGEST_STALL_S = 100.0
"""Of collections: what publishers wait for one, less what it removes for, by clocks that are a quarter apart."""
_LONG = 3
"""Elements of the long output; ``main`` lowers the limits so that even these stand in blobs."""
_MOST_TRIES = 4

_CALM = Faults()
_KINDS = (
    _CALM,
    Faults(crash=0.05),
    Faults(lost=0.06),
    Faults(refused=0.03, failed_late=0.03, lost=0.03),
    Faults(stall=0.05),
    Faults(crash=0.04, refused=0.02, lost=0.04, failed_late=0.02, stall=0.03),
    Faults(crash=0.02, lost=0.02, flip=0.02),
    Faults(crash=0.02, lost=0.02, flip=0.01, rot=0.02),
)


_STORMS = (_CALM, _CALM, Faults(stall=0.04), Faults(lost=0.04, failed_late=0.02))


class Plan(NamedTuple):
    """What the seed chose."""

    faults: Faults
    serialize: bool
    is_pure: bool
    """Whether equal inputs give equal values."""
    collects: bool
    is_uniform: bool
    """Whether every run uses the cache fully."""


def simulate(seed: int) -> Observed:
    """Play a seed and check what must hold.

    Raises:
        Violation: It does not.
    """
    world = World(seed)
    scenario = _Scenario(world)
    scenario.play()
    return scenario.observed


@functools.cache
def _task(*, serialize: bool) -> TaskView:
    return task(serialize=serialize)


class _Scenario:
    def __init__(self, world: World) -> None:
        rng = world.rng
        self.world = world
        make_small(rng)
        # A storm: everything that gets in the way of collections, at once.
        self._is_storm = rng.random() < 0.25
        self.plan = Plan(
            faults=rng.choice(_STORMS if self._is_storm else _KINDS),
            serialize=rng.random() < 0.6,
            is_pure=rng.random() < 0.4,
            collects=self._is_storm or rng.random() < 0.4,
            is_uniform=rng.random() < 0.5,
        )
        self.observed = Observed(world, self.plan)
        self._tempo_s = rng.choice((0.5, 2.0) if self._is_storm else (0.5, 4.0, 60.0))
        """How far apart things start, and how long a function runs, at most."""
        self._names = 0
        self._modes: dict[str, str] = {}

    def play(self) -> None:
        rng, world = self.world.rng, self.world
        if self._is_storm or rng.random() < 0.5:
            world.run([self._attempts(f"old-{number}", number % 2) for number in range(rng.choice((1, 2)))])
            self._forget()
            world.advance(world.now + OLD_S)
        self.observed.start_now()
        inputs = 1 if self._is_storm else 2
        works = [self._attempts(f"run-{rng.randrange(3)}", rng.randrange(inputs)) for _ in range(rng.choice((1, 2, 3, 4)))]
        if rng.random() < 0.3:
            works += [self._pods(f"map-{rng.randrange(2)}") for _ in range(rng.choice((1, 2)))]
        works += [self._reader() for _ in range(rng.choice((0, 1)))]
        if self.plan.collects:
            works += [self._collection() for _ in range(rng.choice((1, 1, 2)))]
            works += [self._remover() for _ in range(rng.choice((0, 0, 1)))]
        world.run(works)
        self._settle()

    def _forget(self) -> None:
        """Old runs are removed, and sometimes old entries: what is left of these are blobs that nobody names."""
        chances = ((RUNS, 1.0 if self._is_storm else 0.5), (ENTRIES, 0.3 if self._is_storm else 0.5))
        gone = tuple(folder for folder, chance in chances if self.world.rng.random() < chance)
        if gone:
            for key in [key for key in self.world.objects if key.startswith(gone)]:
                del self.world.objects[key]
                self.world.damaged.pop(key, None)
            self.observed.forget()

    def _delay_s(self) -> float:
        return self.world.rng.random() * self._tempo_s

    def _actor(self, what: str, *, longest_stall_s: float = 200.0) -> Actor:
        self._names += 1
        actor = Actor(self.world, f"{what}-{self._names}", self.plan.faults)
        actor.longest_stall_s = longest_stall_s
        return actor

    # Attempts

    def _attempts(self, run: str, given: int) -> tuple[Actor, Callable[[], None]]:
        """An orchestrator that starts attempts of one node of one run until one succeeds."""
        actor = self._actor(run)
        mode = self._mode_of(run)
        self.observed.wants(pin_key(run, f"n{given}"), run, given)
        return self._until_done(actor, pin_key(run, f"n{given}"), lambda: self._attempt(actor, run, given, mode))

    def _pods(self, run: str) -> tuple[Actor, Callable[[], None]]:
        """The same for a pod that runs several elements of a map."""
        actor = self._actor(run)
        mode = self._mode_of(run)
        self.observed.wants(stripe_key(run, MAP, 0), run, None)
        return self._until_done(actor, stripe_key(run, MAP, 0), lambda: self._pod(actor, run, mode))

    def _until_done(self, actor: Actor, key: str, attempt: Callable[[], None]) -> tuple[Actor, Callable[[], None]]:
        actor.wakes_at = self.world.now + self._delay_s()

        def work() -> None:
            for _ in range(_MOST_TRIES):
                try:
                    attempt()
                except Crashed:
                    if self.world.is_over:
                        raise
                    # A new process, on another machine with another clock.
                    actor.revive()
                except StoreError as error:
                    assert error.transient, error
                except PinDamaged as damage:
                    self.observed.damaged_pin(key, damage)
                    return
                else:
                    return
                actor.sleep(self.world.rng.random() * 20)

        return actor, work

    def _mode_of(self, run: str) -> str:
        if self.plan.is_uniform:
            return ON
        if run not in self._modes:
            self._modes[run] = self.world.rng.choice((ON, WRITE) if self._is_storm else (ON, ON, READ, WRITE, OFF))
        return self._modes[run]

    def _attempt(self, actor: Actor, run: str, given: int, mode: str) -> None:
        store = WorldStore(actor)
        pin = pin_key(run, f"n{given}")

        def function(x: int) -> int:
            actor.sleep(self._delay_s())
            return self.observed.execute(x)

        made = call(
            store, given, function, of=_task(serialize=self.plan.serialize), mode=mode, pin=pin, pace=WorldPace(actor), long=_LONG
        )
        performed = perform(made)
        self.observed.performed(pin, given, performed)
        if performed.values is None or self.world.rng.random() < 0.3:
            self.observed.value(pin, given, value_of(store, performed))

    def _pod(self, actor: Actor, run: str, mode: str) -> None:
        store = WorldStore(actor)
        node = SimpleNamespace(id=MAP, mapped=("x",), has_holes=False, policy=_task(serialize=self.plan.serialize).policy)

        def function(x: int) -> int:
            actor.sleep(self._delay_s())
            return self.observed.execute(x)

        def call_of(index: int, _inline_limit: int) -> TaskCall:
            return call(
                store,
                index % 2,
                function,
                of=_task(serialize=self.plan.serialize),
                mode=mode,
                pace=WorldPace(actor),
                long=_LONG,
                inline_limit=_INLINE,
            )

        outcome = Chunk(
            cast("Assignment", SimpleNamespace(node=node, index=0, run=run, hint=None, work="", token=os.urandom(8).hex())),
            lambda _event: None,
            cast("Store", store),
            range(_ELEMENTS),
            call_of=call_of,
            enter=lambda _index: lambda: None,
            rest=lambda: None,
            look=lambda: None,
        ).run()
        assert outcome["ending"] == "succeeded", outcome
        striped = read_stripe(cast("Store", store), run, MAP, 0)
        assert striped is not None
        for index, result in striped.items():
            fetch = fetcher(cast("Store", store), result)
            short, long = (unpack_output(output, fetch) for output in result.outputs)
            self.observed.whole(f"{run}[{index}]", short, long)
            self.observed.value(f"{run}[{index}]", index % 2, short)

    def _reader(self) -> tuple[Actor, Callable[[], None]]:
        """A consumer of another node's results, who waits until they are there."""
        actor = self._actor("reader")
        run, given = f"run-{self.world.rng.randrange(3)}", self.world.rng.randrange(2)

        def work() -> None:
            for _ in range(20):
                actor.sleep(self._delay_s())
                try:
                    self._read(WorldStore(actor), run, given)
                except StoreError as error:
                    assert error.transient, error

        return actor, work

    def _read(self, store: WorldStore, run: str, given: int) -> None:
        pin = pin_key(run, f"n{given}")
        try:
            found = read_pin(store, pin)
            if found is not None:
                fetch = fetcher(store, found)
                short, long = (unpack_output(output, fetch) for output in found.outputs)
                self.observed.whole(pin, short, long)
                self.observed.value(pin, given, short)
        except PinDamaged as damage:
            self.observed.damaged_pin(pin, damage)

    # What removes

    def _collection(self) -> tuple[Actor, Callable[[], None]]:
        # A machine that stands still between its last look and its removal for longer than publishers wait is beyond the protocol.
        actor = self._actor("collection", longest_stall_s=LONGEST_STALL_S)
        actor.frozen_removals = self.world.rng.choice((0.0, 0.0, 0.5))
        older_than_s = OLD_S / 2 if self.world.rng.random() < 0.3 else None

        def work() -> None:
            actor.sleep(self._delay_s())
            try:
                self._collect(actor, older_than_s)
            except StoreError as error:
                assert error.transient, error

        return actor, work

    def _collect(self, actor: Actor, older_than_s: float | None) -> None:
        if older_than_s is not None:
            self.observed.removes_entries = True
        limits = Limits(grace_s=GRACE_S, older_than_s=older_than_s)
        collect(WorldStore(actor), limits, pace=WorldPace(actor))

    def _remover(self) -> tuple[Actor, Callable[[], None]]:
        """Someone who removes cache entries by hand: what ``dagwright cache rm`` does."""
        actor = self._actor("remover")

        def work() -> None:
            actor.sleep(self._delay_s())
            self.observed.removes_entries = True
            store = cast("Store", WorldStore(actor))
            try:
                remove_entries(store, read_entries(store, lambda _entry: True, concurrently=map))
            except StoreError as error:
                assert error.transient, error

        return actor, work

    # The end

    def _settle(self) -> None:
        """Nothing goes wrong any more: every run must come to its end, and to the values that were seen."""
        world = self.world
        world.is_quiet = True
        world.run(self._all_again())
        self.observed.check_settled()
        if self.plan.collects:
            world.advance(world.now + 2 * GRACE_S)
            world.run([self._last_collection()])
            self.observed.check_collected()
            # What a collection left must still serve everybody.
            world.run(self._all_again())

    def _all_again(self) -> list[tuple[Actor, Callable[[], None]]]:
        wanted = sorted(self.observed.wanted.items())
        return [self._pods(run) if given is None else self._attempts(run, given) for _, (run, given) in wanted]

    def _last_collection(self) -> tuple[Actor, Callable[[], None]]:
        actor = self._actor("last")

        def work() -> None:
            for _ in range(3):  # notes of removed entries keep blobs for one more grace period
                self._collect(actor, None)
                actor.sleep(2 * GRACE_S)

        return actor, work
