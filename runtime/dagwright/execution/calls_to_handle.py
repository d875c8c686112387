"""The question after a failed run, which no attempt answers: in which calls something failed whose handlers can run."""

from __future__ import annotations

import os

from dagwright.contract.exits import SUCCEEDED
from dagwright.contract.names import CONTROL_FOLDER
from dagwright.execution.failed_calls import LACKS, without_inputs
from dagwright.execution.faults import fatal
from dagwright.execution.handling import learn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from dagwright.execution.assignment import Assignment
    from dagwright.store.verbs import Store


def calls_to_handle(assignment: Assignment, store: Store, say: Callable[[str], None]) -> frozenset[str]:
    """Give the calls whose handlers run, and say why others do not.

    Raises:
        StoreError: The store failed.
    """
    found: dict[str, dict[str, Any]] = learn(assignment, store)[0].get("calls", {})
    for call, told in found.items():
        if LACKS in told:
            say(without_inputs(call, told[LACKS]))
    return frozenset(call for call, told in found.items() if LACKS not in told)


def judge_calls(assignment: Assignment) -> int:
    """Write for every call whether its handler runs, as control outputs; give the exit code.

    Raises:
        Fault: The store, or the folder for control outputs, failed.
    """
    from dagwright.execution.verdict import fault_of
    from dagwright.store import StoreError, open_store

    try:
        handled = calls_to_handle(assignment, open_store(assignment.store_url), _say)
    except StoreError as error:
        raise fault_of(error) from error
    folder = os.path.join(assignment.work, CONTROL_FOLDER)
    try:
        os.makedirs(folder, exist_ok=True)
        for call in assignment.plan.calls:
            with open(os.path.join(folder, call.id), "w", encoding="ascii") as file:
                file.write("true" if call.id in handled else "false")
    except OSError as error:
        raise fatal(
            f"cannot write control outputs to {folder}: {error.strerror}: the pod needs a writable DAGWRIGHT_WORK"
        ) from error
    _say(
        f"the on_failure of {', '.join(sorted(handled))} runs"
        if handled
        else "nothing failed in a call whose on_failure could run"
    )
    return SUCCEEDED


def _say(text: str) -> None:
    os.write(2, f"dagwright: {text}\n".encode("utf-8", "backslashreplace"))
