"""The start of an attempt that handles a failure: the run is stopped, everything of it is over, and what failed is known.

Whoever comes first leaves the stop marker where no failure did, and what is told of the failure; all attempts of the handler read that. What they
do is a run of its own beside the failed one, named after the marker: another round of the failed run, and another failure, is handled anew.
"""

from __future__ import annotations

import time

from dagwright.contract.exits import CANCELLED, FINAL, USER_FAILED
from dagwright.contract.failures import ERR, is_failure
from dagwright.contract.jsontext import dumps, loads
from dagwright.contract.names import RUNS, error_key, failure_key, handling_run, open_folder, quote_part
from dagwright.execution.closing import headline
from dagwright.execution.stopping import stop_run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dagwright.execution.assignment import Assignment
    from dagwright.execution.plan_view import ProgramView
    from dagwright.execution.stopping import Stop
    from dagwright.store.verbs import Store

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
    """
    run, failed = assignment.run, assignment.plan.failed
    assert failed is not None
    gates = ", ".join(node_id for node_id in failed.node_ids if failed.node(node_id).gate in ("approve", "input"))
    stop = stop_run(store, assignment, _ENDED_AT_GATES % gates if gates else _ENDED, node="")
    _wait_for_the_end(store, run)
    told = _told(store, run, stop, failed)
    assignment.run = handling_run(run, stop.token)
    err = assignment.plan.program.inputs.get(ERR)
    if err is not None and is_failure(err.type):
        assignment.inputs = {**assignment.inputs, ERR: dumps(told)}


def _wait_for_the_end(store: Store, run: str) -> None:
    """Wait until no attempt is open; what is left of those that died without a word is removed."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        left = store.list(open_folder(run))
        if not left:
            return
        if time.monotonic() > deadline:
            for key in left:
                store.delete(key)
            return
        time.sleep(_PAUSE_S)


def _told(store: Store, run: str, stop: Stop, program: ProgramView) -> dict[str, str]:
    """Give what is told of the failure: the same to all that ask."""
    from dagwright.store import NotFound

    key = failure_key(run, stop.token)
    try:
        found: dict[str, str] = loads(store.get(key))
    except (NotFound, ValueError):
        found = _described(_failures(store, run, program), stop)
        if not store.create(key, dumps(found).encode("ascii")):
            found = loads(store.get(key))
    return found


def _described(failures: list[dict[str, Any]], stop: Stop) -> dict[str, str]:
    if not failures:
        return {"message": stop.text, "failed_node_id": stop.node}
    first, *others = failures
    message = headline(first)
    names = list(dict.fromkeys(str(error["node"]) for error in others if error["node"] != first["node"]))
    if names:
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        message += f" (failed as well: {', '.join(names[:_MOST_NAMED])}{more})"
    return {"message": message, "failed_node_id": str(first["node"])}


def _failures(store: Store, run: str, program: ProgramView) -> list[dict[str, Any]]:
    """Read the error documents of what failed for good and has no value, in the order of the source; else of what was interrupted."""
    prefix = f"{RUNS}/{quote_part(run)}/"
    last: dict[str, str] = {}
    done: set[str] = set()
    for key in store.list(prefix[:-1]):
        folder, _, name = key.rpartition("/")
        if name.startswith("error-"):
            last[folder] = max(key, last.get(folder, ""))
        elif name in ("out.json", "stripe.json"):
            done.add(folder)
    order = {quote_part(node): number for number, node in enumerate(program.node_ids)}
    places = {folder: folder[len(prefix) :].split("/") for folder in last if folder not in done}
    ordered = sorted(
        (folder for folder, place in places.items() if place[0] in order),
        key=lambda folder: (order[places[folder][0]], int(places[folder][-1]) if len(places[folder]) > 1 else 0),
    )
    errors = [error for folder in ordered[:_MOST_READ] if (error := _read(store, last[folder])) is not None]
    # Elements that a map may lose are no failures of the run; that it lost too many is one.
    errors = [e for e in errors if e["code"] != CANCELLED and (e.get("index") is None or not program.node(e["node"]).has_holes)]
    return [error for error in errors if error["code"] in FINAL] or errors


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
