"""Rounds of attempts: an orchestrator starts pods of one map until one says that it is over, and their supervisors start processes.

What is driven is ``chunk.Chunk`` with its journal, ``pod._goes_on_after`` and ``closing.close`` as a supervisor calls them, records, notes of lost
elements, and checkpoints. Processes die in elements and between them, at every operation on the store and within every line of the journal; machines
are lost with their disks; people ask for another round.
"""

from __future__ import annotations

import os
import signal
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from task_calls import call, task

from dagwright.authoring.errors import RecoverableError
from dagwright.cache import PinDamaged, fetcher, unpack_output
from dagwright.contract.exits import FINAL
from dagwright.contract.jsontext import loads
from dagwright.contract.names import RUNS, checkpoint_key
from dagwright.execution.checkpoints import _InStore
from dagwright.execution.chunk import Chunk
from dagwright.execution.closing import close
from dagwright.execution.elements import Elements
from dagwright.execution.ending import FAILED, FATAL, SUCCEEDED, TIMEOUT, TRANSIENT
from dagwright.execution.faults import UserFailure
from dagwright.execution.lost_elements import is_noted, losses, note_unheard
from dagwright.execution.pod import _goes_on_after
from dagwright.execution.records import read_records, record_attempt
from dagwright.execution.supervisor import Console, Ended
from dagwright.execution.usage import Usage
from dagwright.store.errors import StoreError
from simulation.invariants import Violation
from simulation.small import make_small
from simulation.world import Actor, Crashed, Faults, World, WorldPace, WorldStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from dagwright.execution.assignment import Assignment
    from dagwright.execution.task_call import TaskCall
    from dagwright.store import Store

RUN, NODE = "run", "m"
_COUNT = 3
_LONG = 3
_INLINE = 12
_SYSTEM_RETRIES = 4
_MEMORY = "/dev/shm"
_LOST = -1
"""In the place of an exit code: the machine is gone, and with it the code."""
_CALM = Faults()
_KINDS = (
    _CALM,
    _CALM,
    Faults(crash=0.05),
    Faults(lost=0.06),
    Faults(refused=0.03, failed_late=0.03, lost=0.03),
    Faults(crash=0.03, refused=0.02, lost=0.03, failed_late=0.02, stall=0.02),
    Faults(crash=0.02, rot=0.03),
)
_DEATHS = {"killed": (TRANSIENT, signal.SIGKILL), "crashed": (FAILED, signal.SIGSEGV), "timed out": (TIMEOUT, signal.SIGKILL)}
_SILENT = Console(os.open(os.devnull, os.O_WRONLY), os.open(os.devnull, os.O_WRONLY))


class Seen(NamedTuple):
    """What a seed came to."""

    operations: int
    crashes: int
    states: Counter[str]


class Rounds:
    """One map in one pod, and what is known of it from outside."""

    def __init__(self, seed: int) -> None:
        self.world = World(seed)
        rng = self.world.rng
        make_small(rng)
        self.faults = rng.choice(_KINDS)
        self.retries = rng.choice((0, 1, 2))
        self.loses_machines = rng.random() < 0.4
        self.has_holes = rng.random() < 0.5
        self.saves = rng.random() < 0.4 and not self.faults.rot
        self._moods = [rng.choice(_MOODS) for _ in range(_COUNT)]
        view = task(retries=self.retries, cached=rng.random() < 0.25)
        self._task = view
        self._node = SimpleNamespace(
            id=NODE,
            task=view,
            mapped=("x",),
            has_holes=self.has_holes,
            min_success_ratio=0.0 if self.has_holes else 1,
            min_successes=None,
            policy=view.policy,
        )
        self._attempts = 0
        self._closed = 0
        self._numbers: dict[str, tuple[int, str]] = {}
        self._values: dict[int, set[int]] = defaultdict(set)
        self._served: dict[int, int] = {}
        self._failed: set[int] = set()
        """Elements of which some process said, or showed, that it failed for good."""
        self._tries: Counter[int] = Counter()
        self._generations: dict[int, list[int]] = defaultdict(list)
        """By element the checkpoints that were begun, and whose ``keep`` came back."""
        self._kept: dict[int, int] = {}
        self.finished: set[int] = set()
        """Elements that no later attempt computes again: nothing went wrong since their attempt left them."""
        self.states: Counter[str] = Counter()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def play(self) -> Seen:
        """Play the seed and check what must hold.

        Raises:
            Violation: It does not.
        """
        try:
            return self._play()
        finally:
            if self._folder is not None:
                self._folder.cleanup()

    def _play(self) -> Seen:
        world = self.world
        actor = Actor(world, "orchestrator", self.faults)
        rounds = world.rng.choice((1, 1, 2))
        world.run([(actor, lambda: self._all_rounds(actor, rounds))])
        world.is_quiet = True
        last = Actor(world, "last", _CALM)
        world.run([(last, lambda: self._settle(last))])
        return Seen(world.operations, world.crashes, self.states)

    def damaged(self, why: str) -> None:
        """A result cannot be read."""
        if not self.world.damaged:
            raise Violation(f"nothing was damaged, and {why}")

    # The orchestrator

    def _all_rounds(self, actor: Actor, rounds: int) -> None:
        for _ in range(rounds):
            if self._round(actor) == 0:
                return

    def _round(self, actor: Actor) -> int:
        """Start attempts until one is final, or the orchestrator has had enough."""
        self._tries.clear()
        attempts, code = 0, _LOST
        for hint in range(self.retries + _SYSTEM_RETRIES):
            attempts += 1
            code = self._attempt(actor, hint)
            actor.sleep(self.world.rng.random() * 20)
            if code == 0 or code in FINAL:
                break
        # Each attempt grants a last try to an element whose budget is spent, and what a lost machine spent nobody knows.
        if not self.loses_machines and not any(self.faults):
            for index, tries in self._tries.items():
                if tries > self.retries + attempts:
                    raise Violation(f"element {index} had {tries} tries of {self.retries} retries in {attempts} attempts")
        return code

    # The supervisor

    def _attempt(self, actor: Actor, hint: int) -> int:
        """One pod: processes one after the other on one disk, and what the supervisor leaves."""
        actor.revive()
        self._attempts += 1
        assignment = self._assignment(hint)
        attempt = _Attempt(self, actor, assignment)
        while True:
            try:
                ended = attempt.process()
                if ended is None:
                    return _LOST
                # The supervisor: the same machine, and nothing of it dies but with it.
                if ended.element is not None and ended.outcome is None and _goes_on_after(assignment, ended):
                    attempt.note_end(ended)
                    continue
                return self._close(actor, assignment, ended, attempt.done)
            except Crashed:
                if self.world.is_over:
                    raise
                actor.revive()
                return _LOST

    def _close(self, actor: Actor, assignment: Assignment, ended: Ended, done: set[int]) -> int:
        self.states[ended.ending] += 1
        self._closed += 1
        if ended.ending == SUCCEEDED:
            try:
                number, _ = record_attempt(
                    cast("Store", WorldStore(actor)), assignment, {"ending": SUCCEEDED, "t": assignment.token}
                )
            except StoreError as error:
                assert error.transient, error
                return 0
            self._note_record(number, assignment.token)
            return 0
        closed = close(assignment, ended, _SILENT)
        assert closed.error is not None
        if not any(self.faults):
            self.finished |= done
        return closed.code

    def _note_record(self, number: int, token: str) -> None:
        if token in self._numbers:
            raise Violation(f"attempt {token} has two records")
        self._numbers[token] = number, token

    def _assignment(self, hint: int) -> Assignment:
        found = SimpleNamespace(
            node=self._node,
            index=0,
            run=RUN,
            hint=hint,
            work="/work",
            token=os.urandom(8).hex(),
            inputs={},
            store_url="world://store",
            termination=None,
            memory="",
            plan=SimpleNamespace(is_handled=False),
            stops=False,
        )
        return cast("Assignment", found)

    def call_of(self, store: WorldStore, actor: Actor, index: int, function: Callable[[int], int]) -> TaskCall:
        """The call of an element."""
        return call(cast("Store", store), index, function, of=self._task, pace=WorldPace(actor), long=_LONG, inline_limit=_INLINE)

    @property
    def node(self) -> Any:
        """The map."""
        return self._node

    # The user's function

    def execute(self, actor: Actor, index: int) -> int:
        """Do what the element's mood is."""
        if index in self._served:
            raise Violation(f"element {index} was computed though its stripe stands there")
        if self.saves:
            self._checkpoint(actor, index)
        actor.sleep(self.world.rng.random() * 12)
        what = self.world.rng.choice(self._moods[index]) if not self.world.is_quiet else "value"
        if what == "value":
            value = 1000 * self._attempts + index
            self._values[index].add(value)
            return value
        if what in ("crashed", "timed out"):
            self._failed.add(index)
        if what == "timed out":
            self._tries[index] += 1
        if what in _DEATHS:
            actor.cause = what
            actor.die()
        if what == "again":
            self._tries[index] += 1
            self._failed.add(index)
            raise UserFailure(RecoverableError("again"))
        self._failed.add(index)
        raise UserFailure(ValueError("never"))

    def _checkpoint(self, actor: Actor, index: int) -> None:
        """Read what was left, which is one generation and none before the last one that was kept; leave another."""
        keeper = _InStore(cast("Store", WorldStore(actor)), checkpoint_key(RUN, NODE, index))
        begun = self._generations[index]
        folder = self._empty_folder()
        keeper.fetch(str(folder))
        found = {path.name: int(path.read_text("ascii")) for path in folder.iterdir()}
        if len(set(found.values())) > 1 or len(found) not in (0, 2):
            raise Violation(f"the checkpoint of element {index} is of several generations: {found}")
        generation = next(iter(found.values()), -1)
        if generation < self._kept.get(index, -1) or (generation >= 0 and generation not in begun):
            raise Violation(f"the checkpoint of element {index} is generation {generation}, and {self._kept} were kept")
        if generation >= 0:
            self._kept[index] = generation
        mine = len(begun)
        begun.append(mine)
        names = ("a", "b") if self.world.rng.random() < 0.5 else ("c", "d")
        keeper.keep({name: f"{mine:020d}".encode() for name in names}, anew=True)
        self._kept[index] = mine

    def _empty_folder(self) -> Path:
        """The one folder of this seed: making others takes longer than all else."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="simulation-", dir=_MEMORY if Path(_MEMORY).is_dir() else None)
        folder = Path(self._folder.name)
        for path in folder.iterdir():
            path.unlink()
        return folder

    # What must hold in the end

    def _settle(self, actor: Actor) -> None:
        try:
            self._check_end(actor)
        except PinDamaged as damage:
            self.damaged(str(damage))

    def _check_end(self, actor: Actor) -> None:
        store = cast("Store", WorldStore(actor))
        self._check_records(store)
        elements = Elements(store, RUN, self._node, _COUNT, 1)
        if self.has_holes:
            self._check_losses(store, elements)
        if self._attempt(actor, 0) == 0 or not self.has_holes:
            elements = Elements(store, RUN, self._node, _COUNT, 1)
            for index in range(_COUNT):
                self._read(store, elements, index)
            if self.has_holes and losses(store, RUN, self._node.id, elements):
                raise Violation("elements with results count as lost")

    def _check_losses(self, store: Store, elements: Elements) -> None:
        done = {index for index in range(_COUNT) if elements.holds(index)}
        noted = losses(store, RUN, NODE, elements)
        for loss in noted:
            if loss.index not in self._failed and not self._may_have_died:
                raise Violation(f"element {loss.index} was noted as lost and never failed")
        lost = {loss.index for loss in note_unheard(store, RUN, NODE, elements, noted)}
        if lost != set(range(_COUNT)) - done:
            raise Violation(f"{sorted(lost)} count as lost where {sorted(done)} are done")
        for index in range(_COUNT):
            if index in done:
                self._read(store, elements, index)
            elif not is_noted(store, RUN, NODE, index):
                raise Violation(f"element {index} is lost and not noted")

    @property
    def _may_have_died(self) -> bool:
        """Whether an element may be lost though it did nothing: its processes were killed until the orchestrator had enough."""
        return any(self.faults) or any("killed" in mood for mood in self._moods)

    def _read(self, store: Store, elements: Elements, index: int) -> None:
        result = elements.result(index)
        if result is None:
            raise Violation(f"element {index} has no result")
        fetch = fetcher(store, result)
        short, long = (unpack_output(output, fetch) for output in result.outputs)
        if set(long) != {short} or short not in self._values[index]:
            raise Violation(f"element {index} gave {short} and {long}")
        if self._served.setdefault(index, short) != short:
            raise Violation(f"element {index} gave {self._served[index]}, and now {short}")

    def _check_records(self, store: Store) -> None:
        if self.faults.rot:  # one that cannot be read is left out
            return
        records = read_records(store, RUN, NODE, 0)
        if [record["number"] for record in records] != list(range(len(records))):
            raise Violation(f"records are numbered {[record['number'] for record in records]}")
        tokens = {record["token"] for record in records}
        fewest = 0 if any(self.faults) else self._closed
        if len(tokens) != len(records) or not fewest <= len(records) <= self._attempts:
            raise Violation(f"{len(records)} records of {self._attempts} attempts")
        for number, token in self._numbers.values():
            if records[number].get("t") != token:
                raise Violation(f"the record {number} of attempt {token} is another's")
        for key in self.world.objects:
            if key.startswith(RUNS) and "/error-" in key and int(key[-9:-5]) >= len(records):
                raise Violation(f"{key} belongs to no record")


class _Attempt:
    """One pod: what its processes know of each other stands on its disk."""

    def __init__(self, rounds: Rounds, actor: Actor, assignment: Assignment) -> None:
        self._rounds = rounds
        self._actor = actor
        self._assignment = assignment
        self._running: int | None = None
        self._is_known = False
        self.done = self._in_parts()
        self._valued: set[int] = set()
        self._returned: set[int] = set()
        self._over: set[int] = set()
        """Elements whose processes crashed: that is final."""
        self._usage = Usage()

    def note_end(self, ended: Ended) -> None:
        """The supervisor has noted what became of an element."""
        if ended.ending == FAILED and ended.element is not None:
            self._over.add(ended.element)

    def _in_parts(self) -> set[int]:
        """Elements that earlier attempts left finished, for whoever comes."""
        world = self._rounds.world
        if self._rounds.faults.rot:
            return set()
        parts = [data for key, (data, _) in world.objects.items() if "/part-" in key]
        return self._rounds.finished | {index for part in parts for index, _ in loads(part)["elements"]}

    def process(self) -> Ended | None:
        """Run one process of the attempt; ``None`` where the machine went with it."""
        actor, rounds = self._actor, self._rounds
        actor.restart()
        actor.cause = "killed"
        self._running = None
        outcome: dict[str, Any] | None = None
        ending, status = TRANSIENT, 0
        store = WorldStore(actor)
        try:
            outcome = Chunk(
                self._assignment,
                self._report,
                cast("Store", store),
                range(_COUNT),
                call_of=lambda index, _limit: rounds.call_of(store, actor, index, self._function),
                enter=lambda _index: lambda: None,
                rest=lambda: None,
                look=lambda: None,
            ).run()
            ending = outcome["ending"]
            self._settle_returned()
        except Crashed:
            if rounds.world.is_over:
                raise
            self._settle_returned()
            if rounds.loses_machines and rounds.world.rng.random() < 0.4:
                return None
            ending, status = _DEATHS[actor.cause]
        except StoreError as error:
            assert error.transient, error
            outcome = {"ending": TRANSIENT, "text": str(error)}
        except PinDamaged as damage:
            rounds.damaged(str(damage))
            outcome = {"ending": FATAL, "text": str(damage)}
            ending = FATAL
        actor.restart()
        return Ended(
            ending=ending,
            outcome=outcome,
            status=status,
            wall_s=0.0,
            usage=self._usage,
            inputs="",
            elements=range(_COUNT) if self._is_known else None,
            element=self._running,
        )

    def _function(self, x: int) -> int:
        """The task: an element's input is its index."""
        if x in self.done:
            raise Violation(f"element {x} was computed again after it was finished")
        if x in self._over:
            raise Violation(f"element {x} was run again after it took its process along")
        value = self._rounds.execute(self._actor, x)
        self._valued.add(x)
        return value

    def _report(self, word: dict[str, Any]) -> None:
        """What the supervisor hears of its child, as long as that lives."""
        if self._actor.is_dead:
            return
        self._is_known = True
        if word["event"] == "element":
            if word["index"] is None:
                self._returned.add(cast("int", self._running))
            else:
                self._settle_returned()
            self._running = word["index"]

    def _settle_returned(self) -> None:
        """Elements whose turn is over are done, unless what followed was an error: that may have been theirs."""
        self.done |= self._returned & self._valued
        self._returned.clear()


def simulate_rounds(seed: int) -> Seen:
    """Play a seed of attempts of one map and check what must hold.

    Raises:
        Violation: It does not.
    """
    return Rounds(seed).play()


_MOODS = (
    ("value",),
    ("value",),
    ("value", "again"),
    ("again",),
    ("value", "killed"),
    ("value", "crashed"),
    ("value", "timed out"),
    ("timed out",),
    ("value", "never"),
    ("again", "again", "again", "killed"),
    ("value", "again", "killed", "timed out"),
)
"""What an element may do each time it runs; one of them, by chance."""
