"""The supervisor of an attempt that failed for good: record, error document, stop marker. As a program it is killed before one of its operations.

``python stopping_process.py STORE NUMBER STEP``: attempt ``NUMBER`` of the node, killed before operation ``STEP`` on the store.
"""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from publishing_process import Dying

from dagwright.contract.names import error_key
from dagwright.execution.ending import FAILED
from dagwright.execution.records import record_attempt
from dagwright.execution.stopping import Round, stop_run
from dagwright.store import open_store

if TYPE_CHECKING:
    from dagwright.execution.assignment import Assignment
    from dagwright.store import Store

RUN = "run"


def assignment_of(node: str, hint: int, *, began_ms: float, age_s: float) -> Assignment:
    """An attempt that was made at a time, in a round of an age."""
    made = SimpleNamespace(
        node=SimpleNamespace(id=node),
        index=None,
        run=RUN,
        hint=hint,
        token=os.urandom(8).hex(),
        round=Round(f"{began_ms} {age_s}"),
        inputs={},
        stops=True,
    )
    return cast("Assignment", made)


def fail(store: Store, assignment: Assignment) -> None:
    """Leave what an attempt leaves that failed for good."""
    number, _ = record_attempt(store, assignment, {"ending": FAILED})
    store.put(error_key(RUN, assignment.node.id, None, number), b"{}")
    stop_run(store, assignment, "it failed")


def main(url: str, hint: str, step: str, began_ms: str) -> None:
    store = cast("Store", Dying(open_store(url), int(step)))
    fail(store, assignment_of("bad", int(hint), began_ms=float(began_ms), age_s=1.0))
    print("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
