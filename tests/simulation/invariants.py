"""What must hold whatever happens: one value a pin, no value that nobody computed, blobs before documents, an end to everything."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from dagwright.cache.results import decode_result, result_of, unseal
from dagwright.contract.keys import sha256_hex
from dagwright.contract.names import BLOBS, ENTRIES, RUNS, blob_key

if TYPE_CHECKING:
    from dagwright.execution.task_call import Performed
    from simulation.scenarios import Plan
    from simulation.world import World

_MOMENT_S = 2000.0
"""From reading an entry to the pin, at most, whatever stands still meanwhile."""


class Violation(Exception):
    """The protocol broke its word."""


class Observed:
    """What actors saw, and what follows from it."""

    def __init__(self, world: World, plan: Plan) -> None:
        self._world = world
        self._plan = plan
        self._computed: dict[int, set[int]] = defaultdict(set)
        self._of_pin: dict[str, int] = {}
        self._of_key: dict[int, set[int]] = defaultdict(set)
        self._last = 0
        self.executions: Counter[int] = Counter()
        self.states: Counter[str] = Counter()
        self.removes_entries = False
        self.wanted: dict[str, tuple[str, int | None]] = {}
        """Documents that must come to be: by key the run, and the input; ``None`` for a pod of a map."""
        self._ever_rotted = plan.faults.rot > 0 or plan.faults.flip > 0
        world.on_write = self._written

    @property
    def operations(self) -> int:
        """Operations on the store."""
        return self._world.operations

    @property
    def crashes(self) -> int:
        """Deaths of processes."""
        return self._world.crashes

    # What actors tell

    def start_now(self) -> None:
        """What was before is an older time: runs of then need nothing any more."""
        self.wanted.clear()
        self.executions.clear()

    def forget(self) -> None:
        """Old entries and runs are gone, so what follows need not agree with them."""
        self._of_pin.clear()
        self._of_key.clear()

    def execute(self, given: int) -> int:
        """A value of the function: for a pure one the same for the same input."""
        self.executions[given] += 1
        self._last += 1
        value = 1000 + given if self._plan.is_pure else 1000 * self._last + given
        self._computed[given].add(value)
        return value

    def wants(self, key: str, run: str, given: int | None) -> None:
        """A node of a run was started."""
        self.wanted[key] = run, given

    def performed(self, pin: str, given: int, performed: Performed) -> None:
        """An attempt came to its end."""
        self.states[performed.state] += 1
        if performed.values is not None:
            values = list(performed.values.values())
            self.value(pin, given, values[0])

    def value(self, pin: str, given: int, value: int) -> None:
        """Somebody got a value."""
        if value not in self._computed[given]:
            raise Violation(f"{pin} gave {value}, which nobody computed for {given}")
        before = self._of_pin.setdefault(pin, value)
        if before != value:
            raise Violation(f"{pin} gave {before}, and now {value}")
        self._of_key[given].add(value)

    def whole(self, pin: str, short: int, long: list[int]) -> None:
        if set(long) != {short}:
            raise Violation(f"{pin} holds outputs of two writers: {short} and {long}")

    def damaged_pin(self, pin: str, why: Any) -> None:
        """A pin cannot be read: only where bytes changed by themselves, after it was made or a moment before."""
        if self._plan.faults.flip and not self._world.is_quiet:
            return
        is_hit = any(self._is_hit(pin, key) for key in self._world.damaged) or self._lost_its_entry(pin)
        if not self._ever_rotted or not is_hit:
            raise Violation(f"{pin} is damaged though nothing was: {why}")
        self.wanted.pop(pin, None)

    def _is_hit(self, pin: str, key: str) -> bool:
        """Tell whether a damaged object is a pin, or a blob of it that was whole when its result was read for the pin."""
        document, written = self._world.objects[pin]
        if key == pin:
            return True
        return key.rpartition("/")[2].encode() in document and self._world.damaged[key] > written - _MOMENT_S

    def _lost_its_entry(self, pin: str) -> bool:
        """Tell whether an entry rotted a moment before that named a blob of the pin: unnamed then, the blob may have been collected."""
        document, written = self._world.objects[pin]
        return any(when > written - _MOMENT_S and digest.encode() in document for digest, when in self._world.unnamed.items())

    # What the store shows

    def _written(self, key: str, data: bytes) -> None:
        if key.startswith((ENTRIES, RUNS)):
            self._check_whole(key, data)

    def _check_whole(self, key: str, data: bytes) -> None:
        """A document never stands there without its blobs."""
        if self._ever_rotted:
            return
        objects = self._world.objects
        for digest, size in _sizes(key, data).items():
            found = objects.get(blob_key(digest))
            if found is None or len(found[0]) != size or sha256_hex(found[0]) != digest:
                raise Violation(f"{key} stands there without its blob {digest[:8]}")

    def check_settled(self) -> None:
        """Every run has its value, and calls of one key agree where nothing was lost or replaced."""
        for key, (run, given) in self.wanted.items():
            seen = f"{run}[0]" if given is None else key
            if seen not in self._of_pin or key not in self._world.objects:
                raise Violation(f"{run} never got its value")
        replaces = not self._plan.is_uniform or self.removes_entries or self._ever_rotted
        if not replaces:
            for given, values in self._of_key.items():
                if len(values) > 1:
                    raise Violation(f"one key gave {sorted(values)} for {given}")
        # A collection removes old leases, and calls that meet that moment may compute both.
        if not any(self._plan.faults) and self._plan.serialize and not replaces and not self._plan.collects:
            for given, count in self.executions.items():
                if count != 1:
                    raise Violation(f"{given} was computed {count} times, and nobody died")

    def check_collected(self) -> None:
        """A collection leaves nothing that nobody names."""
        objects = self._world.objects
        for key, (data, _) in objects.items():
            if key.startswith((ENTRIES, RUNS)):
                self._check_whole(key, data)
        named = b" ".join(data for key, (data, _) in objects.items() if key.startswith((ENTRIES, RUNS)))
        for key in objects:
            if key.startswith(BLOBS) and key.rpartition("/")[2].encode() not in named:
                raise Violation(f"{key} is named by nobody and was left")
            if key.startswith("v1/gc/"):
                raise Violation(f"a collection left {key}")


def _sizes(key: str, document: bytes) -> dict[str, int]:
    """Every blob that a document of results names."""
    if key.endswith("/out.json") or key.startswith(ENTRIES):
        return decode_result(document).sizes()
    elements = unseal(document)["elements"]
    return {digest: size for _, body in elements for digest, size in result_of(body).sizes().items()}
