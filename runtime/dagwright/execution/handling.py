"""The start of an attempt that handles a failure: the run is stopped, everything of it is over, and what failed is known.

Whoever comes first leaves the stop marker where no failure did, and what is told of the failure; all attempts of the handler read that. What they
do is a run of its own beside the failed one, named after the marker: another round of the failed run, and another failure, is handled anew.
"""

from __future__ import annotations

import time

from dagwright.contract.exits import USER_FAILED
from dagwright.contract.failures import CALL_ERR, ERR, is_failure
from dagwright.contract.jsontext import dumps, loads
from dagwright.contract.names import error_key, failure_key, handling_run, open_folder
from dagwright.execution.faults import fatal
from dagwright.execution.stopping import stop_run
from dagwright.execution.told_failures import Failures, described

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dagwright.execution.assignment import Assignment
    from dagwright.execution.stopping import Stop
    from dagwright.execution.told_failures import Told
    from dagwright.store.verbs import Store

_PATIENCE_S = 45.0
"""How long an attempt may take to end once it was told to: its grace, and its record. One that died without a word is waited for as long."""
_PAUSE_S = 1.0
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


def note_failure(store: Store, run: str, node: str, message: str, exc_type: str = "") -> None:
    """Leave word of a failure that is no attempt's: of a gate that let nothing through, of a map that lost too many elements.

    Raises:
        StoreError: The store failed.
    """
    error = {"v": 1, "code": USER_FAILED, "node": node, "index": None, "exc_type": exc_type, "message": message}
    store.put(error_key(run, node, None, 0), dumps(error).encode("ascii"))
