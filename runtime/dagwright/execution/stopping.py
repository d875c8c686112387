"""The stop marker of a run: left by a failure for good, looked for by every attempt before it runs the user's code and before it pins a value.

A marker holds for one *round*: from the start of a run to its end. ``argo retry``, or a later submission under the same key, begins another,
in which the failure before counts for nothing. That a marker is of an earlier round shows in one of three ways, and only at an attempt's
first look: one that appears later was left while the attempt was open, so in its own round.

* By the orchestrator's clock (``ENV_BEGAN``): the round of this attempt began after the marker was left.
* It was left by an earlier attempt of the same call, whose number was not lower: nobody starts what failed for good again but in another round.
* It has cancelled an earlier attempt of the same call, of which the same can be said.

Whoever finds an old marker removes it. ``docs/adr/0018`` says why no attempt of a retried run can take it for its own.
"""

from __future__ import annotations

import time

from dagwright.contract.jsontext import dumps, loads
from dagwright.contract.names import open_folder, stop_key
from dagwright.execution.ending import CANCELLED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

    from dagwright.execution.assignment import Assignment
    from dagwright.store.verbs import Store

_SLOWNESS = 0.8
LOOK_S = 2.0
"""How long one look at the store counts: an attempt of many short elements makes a request every so often, not one an element."""


class Cancelled(Exception):  # noqa: N818 - nothing is wrong with the attempt
    """The run has failed; this attempt is not needed. ``token`` is the marker's."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(f"cancelled: {stop.text}")
        self.token = stop.token


class Stop:
    """A marker: which attempt stopped the run (``node`` is empty where none did), and when.

    ``hint`` is the orchestrator's number of the attempt, ``at_s`` a time by its clock, each ``None`` where it is not known.
    """

    __slots__ = ("at_s", "hint", "index", "node", "text", "token")

    def __init__(
        self, token: str, node: str, index: Optional[int], text: str, *, hint: Optional[int], at_s: Optional[float]
    ) -> None:
        self.token = token
        self.node = node
        self.index = index
        self.hint = hint
        self.text = text
        self.at_s = at_s


class Round:
    """When this attempt was started, and when its round began, by the clock of the orchestrator."""

    __slots__ = ("_began_s", "_created_s", "_started_s")

    def __init__(self, text: Optional[str]) -> None:
        """Read what stands in ``ENV_BEGAN``; text that is none tells nothing."""
        self._started_s = time.monotonic()
        self._created_s: Optional[float] = None
        self._began_s: Optional[float] = None
        try:
            created_ms, age_s = map(float, (text or "").split())
        except ValueError:
            return
        self._created_s, self._began_s = created_ms / 1000, created_ms / 1000 - age_s

    def now_s(self) -> Optional[float]:
        """Give the time by the orchestrator's clock, or less: never more, however fast the clock of this machine runs."""
        return None if self._created_s is None else self._created_s + _SLOWNESS * (time.monotonic() - self._started_s)

    def began_after(self, at_s: Optional[float]) -> bool:
        """Tell whether the round began after a time."""
        return self._began_s is not None and at_s is not None and self._began_s > at_s


class Lookout:
    """Looks for the marker on behalf of one attempt, no more often than needed."""

    __slots__ = ("_assignment", "_looked_s", "_old", "_store")

    def __init__(self, store: Store, assignment: Assignment) -> None:
        self._store = store
        self._assignment = assignment
        self._looked_s: Optional[float] = None
        self._old = ""

    def look(self) -> None:
        """Go on only while the run has not failed.

        Raises:
            Cancelled: It has.
            StoreError: The store failed.
        """
        before, now = self._looked_s, time.monotonic()
        if not self._assignment.stops or (before is not None and now - before < LOOK_S):
            return
        self._looked_s = now
        found = read_stop(self._store, self._assignment.run)
        if found is None or found.token == self._old:
            return
        if before is not None or not is_old(self._store, self._assignment, found):
            raise Cancelled(found)
        self._old = found.token
        self._store.delete(stop_key(self._assignment.run))


def read_stop(store: Store, run: str) -> Stop | None:
    """Read the marker of a run; one that nobody can read counts as none.

    Raises:
        StoreError: The store failed.
    """
    from dagwright.store import NotFound

    try:
        found: Any = loads(store.get(stop_key(run)))
        return Stop(found["token"], found["node"], found["index"], str(found["text"]), hint=found["hint"], at_s=found["at_s"])
    except (NotFound, ValueError, TypeError, KeyError):
        return None


def is_old(store: Store, assignment: Assignment, stop: Stop) -> bool:
    """Tell whether a marker is of an earlier round than an attempt that finds it at its first look.

    Raises:
        StoreError: The store failed.
    """
    if assignment.round.began_after(stop.at_s):
        return True
    if (stop.node, stop.index) == (assignment.node.id, assignment.index):
        return stop.token != assignment.token and _starts_anew(assignment.hint, stop.hint)
    from dagwright.execution.records import read_records

    records = read_records(store, assignment.run, assignment.node.id, assignment.index)
    cancelled = (record for record in records if record.get("ending") == CANCELLED and record.get("stop") == stop.token)
    return any(_starts_anew(assignment.hint, record.get("hint")) for record in cancelled)


def _starts_anew(hint: int | None, before: int | None) -> bool:
    """Tell whether an attempt's number says that it is not the next one of the same round."""
    return (hint or 0) <= (before or 0)


def stop_run(store: Store, assignment: Assignment, text: str, *, node: str | None = None) -> Stop:
    """Leave a marker, unless one of this round stands there; give the one that counts.

    Args:
        store: Where to.
        assignment: The attempt that leaves it.
        text: Why, in one line.
        node: Which call stopped the run: the attempt's own unless told, empty for none.

    Raises:
        StoreError: The store failed.
    """
    named = assignment.node.id if node is None else node
    mine = Stop(assignment.token, named, assignment.index, text, hint=assignment.hint, at_s=assignment.round.now_s())
    body = {name: getattr(mine, name) for name in Stop.__slots__}
    document = dumps({"v": 1, **body}).encode("ascii")
    key = stop_key(assignment.run)
    if store.create(key, document):
        return mine
    found = read_stop(store, assignment.run)
    if found is not None and (found.token == mine.token or not is_old(store, assignment, found)):
        return found
    store.put(key, document)
    return mine


def note_open(store: Store, assignment: Assignment) -> None:
    """Note that an attempt has begun, for whoever handles the failure of its run: before it looks for the stop marker.

    Raises:
        StoreError: The store failed.
    """
    store.put(f"{open_folder(assignment.run)}/{assignment.token}", assignment.label.encode("ascii", "backslashreplace"))


def note_closed(store: Store, assignment: Assignment) -> None:
    """Note that an attempt is over, and will write nothing more.

    Raises:
        StoreError: The store failed.
    """
    store.delete(f"{open_folder(assignment.run)}/{assignment.token}")
