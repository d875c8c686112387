"""Runs that fail and are retried: calls beside each other, of which some fail for good, and an orchestrator that asks for another round.

What is driven is ``stopping`` as an attempt and its supervisor call it, around ``task_call.perform``. Held: once a marker of the round is there to be
seen, no user code starts and nothing is pinned; no attempt is ever cancelled by the failure of an earlier round; in the end every call has its value.
"""

from __future__ import annotations

import os
from collections import Counter
from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple, cast

from task_calls import call, task

from dagwright.cache import PinDamaged
from dagwright.contract.jsontext import loads
from dagwright.contract.names import pin_key, stop_key
from dagwright.execution.ending import CANCELLED, FAILED, SUCCEEDED
from dagwright.execution.faults import UserFailure
from dagwright.execution.records import record_attempt
from dagwright.execution.stopping import LOOK_S, Cancelled, Lookout, Round, stop_run
from dagwright.execution.task_call import PINNED, perform
from dagwright.store.errors import StoreError
from simulation.invariants import Violation
from simulation.small import make_small
from simulation.world import Actor, Crashed, Faults, World, WorldPace, WorldStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from dagwright.execution.assignment import Assignment
    from dagwright.store import Store

RUN = "run"
_KEY = stop_key(RUN)
_LONG = 3
_SYSTEM_RETRIES = 3
_SLOWEST = 0.8
"""The slowest clock of an actor: what takes it two seconds takes so much longer."""
_KINDS = (
    Faults(),
    Faults(),
    Faults(crash=0.04),
    Faults(lost=0.05),
    Faults(refused=0.03, failed_late=0.03, lost=0.03),
    Faults(crash=0.03, refused=0.02, lost=0.03, failed_late=0.02, stall=0.02),
)


class Seen(NamedTuple):
    """What a seed came to."""

    operations: int
    crashes: int
    states: Counter[str]


class _Marker(NamedTuple):
    round: int
    since: float


class Stops:
    """One run: its calls, the marker as it really is, and which attempt does what."""

    def __init__(self, seed: int) -> None:
        self.world = World(seed)
        rng = self.world.rng
        make_small(rng)
        self.faults = rng.choice(_KINDS)
        self.knows_rounds = rng.random() < 0.8
        self.task = task(cached=rng.random() < 0.3)
        self._calls = rng.choice((2, 3, 4))
        self._failing = rng.choice((1, 2, 3))
        """Rounds in which calls may fail."""
        self.round = 0
        self.began_s = self.world.now
        self.tempo_s = rng.choice((1.0, 5.0, 60.0))
        self.states: Counter[str] = Counter()
        self.marker: _Marker | None = None
        self._rounds_of: dict[str, int] = {}
        self.writer: _Attempt | None = None
        self.world.on_write = self._written

    def play(self) -> Seen:
        """Play the seed and check what must hold.

        Raises:
            Violation: It does not.
        """
        world = self.world
        while True:
            world.is_quiet = self.round >= self._failing
            left = [number for number in range(self._calls) if pin_key(RUN, f"n{number}") not in world.objects]
            if not left:
                return Seen(world.operations, world.crashes, self.states)
            if self.round > self._failing:
                raise Violation(f"{left} have no value, though nothing fails any more")
            # Without an orchestrator's word only what was begun before knows whose marker it sees: others wait until it is gone.
            started = [number for number in left if self._knows(number) and (world.is_quiet or world.rng.random() < 0.8)]
            world.run([self._orchestrated(number) for number in started or left[:1]])
            self.round += 1
            world.advance(world.now + 3 + world.rng.random() * self.tempo_s)
            self.began_s = world.now
            if not self.knows_rounds:
                world.objects.pop(_KEY, None)  # the local orchestrators give each round a key of its own

    def _knows(self, number: int) -> bool:
        return self.round > 0 or number == 0 or self.world.rng.random() < 0.7

    def _orchestrated(self, number: int) -> tuple[Actor, Callable[[], None]]:
        """Start attempts of a call until one is final, or the budget is spent."""
        actor = Actor(self.world, f"n{number}", self.faults)
        actor.wakes_at = self.world.now + self.world.rng.random() * self.tempo_s
        fails = not self.world.is_quiet and (number == 0 or self.world.rng.random() < 0.4)

        def work() -> None:
            for hint in range(1 + _SYSTEM_RETRIES):
                try:
                    if _Attempt(self, actor, number, hint, fails=fails).run():
                        return
                except Crashed:
                    if self.world.is_over:
                        raise
                    actor.revive()
                except StoreError as error:
                    assert error.transient, error
                actor.sleep(self.world.rng.random() * 10)

        return actor, work

    def is_visible(self) -> bool:
        """Tell whether a marker of this round stands there."""
        return _KEY in self.world.objects and self.marker is not None and self.marker.round == self.round

    def note(self, token: str) -> None:
        """Remember whose token it is."""
        self._rounds_of[token] = self.round

    def round_of(self, token: str) -> int:
        """In which round an attempt was."""
        return self._rounds_of[token]

    def _written(self, key: str, data: bytes) -> None:
        if key == _KEY:
            self.marker = _Marker(self._rounds_of[loads(data)["token"]], self.world.now)


class _Attempt:
    """One attempt: the child, and the supervisor after it."""

    def __init__(self, stops: Stops, actor: Actor, number: int, hint: int, *, fails: bool) -> None:
        self._stops = stops
        self._actor = actor
        self._number = number
        self._fails = fails
        self._store = cast("Store", WorldStore(actor))
        self._hint = hint
        self._should_know_at: float | None = None
        """When it looked though the marker was to be seen."""
        self._looked_at: float | None = None

    def run(self) -> bool:
        """Run the attempt; tell whether that was final."""
        world, stops = self._actor.world, self._stops
        text = f"{world.now * 1000:.3f} {world.now - int(stops.began_s):f}" if stops.knows_rounds else None
        self._actor.sleep(world.rng.random() * 3)  # the pod starts
        node = SimpleNamespace(id=f"n{self._number}")
        assignment = cast(
            "Assignment",
            SimpleNamespace(
                node=node,
                index=None,
                run=RUN,
                hint=self._hint,
                token=os.urandom(8).hex(),
                round=Round(text),
                inputs={},
                stops=True,
            ),
        )
        stops.note(assignment.token)
        try:
            self._perform(Lookout(self._store, assignment))
        except Cancelled as cancelled:
            if stops.round_of(cancelled.token) != stops.round:
                raise Violation(f"n{self._number} was cancelled by a failure of an earlier round") from None
            stops.states[CANCELLED] += 1
            record_attempt(self._store, assignment, {"ending": CANCELLED, "stop": cancelled.token})
            return True
        except UserFailure:
            stops.states[FAILED] += 1
            record_attempt(self._store, assignment, {"ending": FAILED})
            stop_run(self._store, assignment, "it failed")
            if not stops.is_visible():
                raise Violation("a failure for good left no marker") from None
            return True
        stops.states[SUCCEEDED] += 1
        record_attempt(self._store, assignment, {"ending": SUCCEEDED})
        return True

    def _perform(self, lookout: Lookout) -> None:
        stops, actor = self._stops, self._actor
        pin = pin_key(RUN, f"n{self._number}")

        def look() -> None:
            visible = stops.is_visible()
            now = actor.world.now
            is_due = self._looked_at is None or now - self._looked_at > LOOK_S / _SLOWEST
            before = actor.world.operations
            lookout.look()
            if actor.world.operations != before:
                self._looked_at = now
            self._check(visible=visible and is_due)

        def function(x: int) -> int:
            self._check_late("user code ran")
            actor.sleep(actor.world.rng.random() * stops.tempo_s)
            if self._fails:
                raise UserFailure(ValueError("no"))
            return x

        made = call(self._store, self._number, function, of=stops.task, pin=pin, pace=WorldPace(actor), long=_LONG)
        made.look = look
        if perform(made).state != PINNED:
            self._check_late("a value was pinned")

    def _check(self, *, visible: bool) -> None:
        if visible:
            raise Violation(f"n{self._number} went on though the run had failed")

    def _check_late(self, what: str) -> None:
        """No more time has passed since the last look than one counts for, or nothing was to be seen then."""
        marker = self._stops.marker
        if not self._stops.is_visible() or self._actor.faults.stall or marker is None:
            return
        if self._looked_at is None or marker.since < self._looked_at - 1:
            raise Violation(f"{what} after the run had failed")


def simulate_stops(seed: int) -> Seen:
    """Play a seed of a run that fails and is retried, and check what must hold.

    Raises:
        Violation: It does not.
    """
    stops = Stops(seed)
    try:
        return stops.play()
    except PinDamaged as damage:
        raise Violation(str(damage)) from None
