"""The start of an attempt that handles a failure: the run is stopped, everything of it is over, and what failed is known.

Whoever comes first leaves the stop marker where no failure did, and what is told of the failure; all attempts of the handler read that. What they
do is a run of its own beside the failed one, named after the marker: another round of the failed run, and another failure, is handled anew.
"""

from __future__ import annotations

import time

from dagwright.contract.exits import CANCELLED, FINAL, USER_FAILED
from dagwright.contract.failures import CALL_ERR, ERR, is_failure
from dagwright.contract.jsontext import dumps, loads
from dagwright.contract.names import RUNS, error_key, failure_key, handling_run, open_folder, quote_part
from dagwright.execution.closing import headline
from dagwright.execution.faults import fatal
from dagwright.execution.stopping import stop_run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

    from dagwright.execution.assignment import Assignment
    from dagwright.execution.plan_view import ProgramView
    from dagwright.execution.stopping import Stop
    from dagwright.store.verbs import Store

    Told = Dict[str, Any]

_PATIENCE_S = 45.0
"""How long an attempt may take to end once it was told to: its grace, and its record. One that died without a word is waited for as long."""
_PAUSE_S = 1.0
_MOST_NAMED = 5
_MOST_READ = 100
_ENDED = "the run had ended without a failure of its own: it was stopped, or lost attempts without a word"
_ENDED_AT_GATES = f"{_ENDED}, or nobody let it through at %s"


def begin(assignment: Assignment, store: Store) -> None:
    """Turn an attempt of a handler into one of the run that handles this failure.

    Raises:
        StoreError: The store failed.
        Fault: The handler is that of a call in which nothing failed.
    """
    found, token = learn(assignment, store)
    plan = assignment.plan
    call, name = plan.call, ERR if plan.call is None else CALL_ERR
    told: Told = found
    if call is not None:
        if call.id not in found.get("calls", {}):
            raise fatal(f"nothing of {call.id} failed, so there is nothing to handle")
        told = found["calls"][call.id]
    assignment.failed_run = assignment.run
    assignment.run = handling_run(assignment.run, token, "" if call is None else call.id)
    err = plan.program.inputs.get(name)
    if err is not None and is_failure(err.type):
        text = dumps({member: told[member] for member in ("message", "failed_node_id")})
        assignment.inputs = {**assignment.inputs, name: text}


def learn(assignment: Assignment, store: Store) -> tuple[Told, str]:
    """Wait until the failed run of an attempt of a handler is over; give what is told of its failure, and the token of its stop marker.

    Under ``calls`` stands what is told of the calls that have a handler and in which something failed.

    Raises:
        StoreError: The store failed.
    """
    run, failed = assignment.run, assignment.plan.failed
    assert failed is not None
    gates = ", ".join(node_id for node_id in failed.node_ids if failed.node(node_id).gate in ("approve", "input"))
    stop = stop_run(store, assignment, _ENDED_AT_GATES % gates if gates else _ENDED, node="")
    left = _left_open(store, run)
    found = _told(assignment, store, stop, left)
    for key in left:
        store.delete(key)
    return found, stop.token


def _left_open(store: Store, run: str) -> list[str]:
    """Wait until no attempt is open; give the notes of those that died without a word."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        left = store.list(open_folder(run))
        if not left or time.monotonic() > deadline:
            return list(left)
        time.sleep(_PAUSE_S)


def _told(assignment: Assignment, store: Store, stop: Stop, left: list[str]) -> Told:
    """Give what is told of the failure: the same to all that ask."""
    from dagwright.store import NotFound

    key = failure_key(assignment.run, stop.token)
    assert assignment.plan.failed is not None
    try:
        found: Told = loads(store.get(key))
    except (NotFound, ValueError):
        failures = Failures(store, assignment.run, assignment.plan.failed)
        found = _described(failures.of_run(), stop)
        if assignment.plan.calls:
            from dagwright.execution.failed_calls import told_of_calls

            found["calls"] = told_of_calls(assignment, store, failures, stop, left)
        if not store.create(key, dumps(found).encode("ascii")):
            found = loads(store.get(key))
    return found


def _described(failures: list[dict[str, Any]], stop: Stop) -> Told:
    return described(failures) if failures else {"message": stop.text, "failed_node_id": stop.node}


def described(failures: list[dict[str, Any]]) -> Told:
    """Say what failed, from the error documents of failures in the order of the source."""
    first, *others = failures
    names = list(dict.fromkeys(str(error["node"]) for error in others if error["node"] != first["node"]))
    return {"message": headline(first) + also_failed(names), "failed_node_id": str(first["node"])}


def also_failed(names: list[str]) -> str:
    """Name further calls that failed, behind the text about the first."""
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f" (failed as well: {', '.join(names[:_MOST_NAMED])}{more})" if names else ""


class Failures:
    """The error documents of what failed in a run and has no value, in the order of the source."""

    __slots__ = ("_last", "_places", "_program", "_store", "done")

    def __init__(self, store: Store, run: str, program: ProgramView) -> None:
        prefix = f"{RUNS}/{quote_part(run)}/"
        self._store = store
        self._program = program
        self._last: dict[str, str] = {}
        self.done: set[str] = set()
        """Folders of what has a value."""
        for key in store.list(prefix[:-1]):
            folder, _, name = key.rpartition("/")
            if name.startswith("error-"):
                self._last[folder] = max(key, self._last.get(folder, ""))
            elif name in ("out.json", "stripe.json"):
                self.done.add(folder)
        order = {quote_part(node): (number, node) for number, node in enumerate(program.node_ids)}
        places = ((folder, folder[len(prefix) :].split("/")) for folder in self._last if folder not in self.done)
        self._places = sorted(
            (*order[place[0]], int(place[-1]) if len(place) > 1 else 0, folder) for folder, place in places if place[0] in order
        )

    def of_run(self) -> list[dict[str, Any]]:
        """Give those of what failed for good; where nothing did, of what was interrupted."""
        errors = self._of(self._places)
        return [error for error in errors if error["code"] in FINAL] or errors

    def of_nodes(self, nodes: frozenset[str], *, also_interrupted: bool) -> list[dict[str, Any]]:
        """Give those of some nodes that failed for good, or ``also_interrupted``, where none did, of those that were."""
        errors = self._of([place for place in self._places if place[1] in nodes])
        return [error for error in errors if error["code"] in FINAL] or (errors if also_interrupted else [])

    def of_node(self, node: str) -> bool:
        """Tell whether something of a node has an error document, and no value."""
        return any(place[1] == node for place in self._places)

    def _of(self, places: list[tuple[int, str, int, str]]) -> list[dict[str, Any]]:
        errors = [error for *_, folder in places[:_MOST_READ] if (error := _read(self._store, self._last[folder])) is not None]
        # Elements that a map may lose are no failures of the run; that it lost too many is one.
        return [
            error
            for error in errors
            if error["code"] != CANCELLED and (error.get("index") is None or not self._program.node(error["node"]).has_holes)
        ]


def note_failure(store: Store, run: str, node: str, message: str, exc_type: str = "") -> None:
    """Leave word of a failure that is no attempt's: of a gate that let nothing through, of a map that lost too many elements.

    Raises:
        StoreError: The store failed.
    """
    error = {"v": 1, "code": USER_FAILED, "node": node, "index": None, "exc_type": exc_type, "message": message}
    store.put(error_key(run, node, None, 0), dumps(error).encode("ascii"))


def _read(store: Store, key: str) -> dict[str, Any] | None:
    try:
        error = loads(store.get(key))
        return error if {"code", "node", "message", "exc_type"} <= error.keys() else None
    except (ValueError, AttributeError):
        return None
