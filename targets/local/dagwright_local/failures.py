"""What becomes of a Python call that failed: which of several failures it raises, and the workflow's ``on_failure``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dagwright.cache import PinDamaged
from dagwright.contract.failures import ERR, is_failure
from dagwright.execution.failures import message_of
from dagwright.execution.faults import Fault, UserFailure
from dagwright.store import StoreError
from dagwright_local.timed_call import TaskDiedError, TaskTimeoutError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dagwright_local.in_process import InProcess


def first_of(failures: Mapping[str, UserFailure], order: Iterable[str]) -> UserFailure:
    """Give the first failure in the order of the source; it names the others."""
    first, *others = [node_id for node_id in order if node_id in failures]
    if others:
        failures[first].error.add_note(f"failed as well: {', '.join(others)}")
    return failures[first]


def handle(failure: Exception, handler: InProcess, inputs: Mapping[str, Any], *, cache: str) -> None:
    """Run what handles a failure, on the inputs of the workflow; where it fails itself, the failure says so."""
    from dagwright.authoring.failure import RunFailure

    error = failure.error if isinstance(failure, UserFailure) else failure
    node = failure.node if isinstance(failure, UserFailure) else ""
    err = handler.program.inputs.get(ERR)
    if err is not None and is_failure(err.type):
        inputs = {**inputs, ERR: RunFailure(_told(failure, error), node)}
    try:
        handler.run(inputs, cache=cache)
    except (UserFailure, Fault, StoreError, PinDamaged) as second:
        cause = second.error if isinstance(second, UserFailure) else second
        error.add_note(f"its on_failure failed as well: {_headline(cause)}")


def _told(failure: Exception, error: BaseException) -> str:
    """Say what handlers hear of a failure: the same as on every other way of running."""
    notes = [f" ({note})" for note in getattr(error, "__notes__", ()) if note.startswith("failed as well: ")]
    if isinstance(failure, UserFailure) and failure.verdict:
        text = failure.verdict
    elif isinstance(failure.__cause__, SystemExit):  # raised here as an error of ours, which ends no script
        text = _headline(failure.__cause__)
    elif isinstance(error, (TaskDiedError, TaskTimeoutError)):
        text = str(error)
    else:
        text = _headline(error)
    return "".join([text, *notes[:1]])


def _headline(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {message_of(error)}".split())
