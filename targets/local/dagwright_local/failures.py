"""What becomes of a Python call that failed: which of several failures it raises, and what handles them (``on_failure``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dagwright.cache import PinDamaged
from dagwright.contract.failures import CALL_ERR, ERR, is_failure
from dagwright.execution.failed_calls import without_inputs
from dagwright.execution.failures import message_of
from dagwright.execution.faults import Fault, UserFailure
from dagwright.execution.told_failures import also_failed
from dagwright.store import StoreError
from dagwright_local.handlers import failed_as_well, say
from dagwright_local.timed_call import TaskDiedError, TaskTimeoutError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dagwright.execution.plan_view import CallView
    from dagwright_local.handlers import Left
    from dagwright_local.in_process import InProcess


def first_of(failures: Mapping[str, UserFailure], order: Iterable[str]) -> UserFailure:
    """Give the first failure in the order of the source; it names the others."""
    first, *others = [node_id for node_id in order if node_id in failures]
    if others:
        failures[first].error.add_note(f"failed as well: {', '.join(others)}")
    return failures[first]


def handle(
    failure: Exception, left: Left, handler: InProcess, call: CallView | None, inputs: Mapping[str, Any], *, cache: str
) -> None:
    """Run what handles a failure, on the inputs of the workflow, or of the call in which something failed; where it fails itself, the failure says so.

    Args:
        failure: What is raised.
        left: What the failed execution has left.
        handler: What to run.
        call: Whose failure it handles; ``None`` for the whole workflow's.
        inputs: Of the workflow.
        cache: Mode of the cache.
    """
    error = failure.error if isinstance(failure, UserFailure) else failure
    given = _given_for_run(failure, error, handler, inputs) if call is None else _given_for_call(left, call, inputs)
    if given is None:
        return
    try:
        handler.run(given, cache=cache)
    except (UserFailure, Fault, StoreError, PinDamaged) as second:
        cause = second.error if isinstance(second, UserFailure) else second
        error.add_note(f"{failed_as_well(call)}: {_headline(cause)}")


def _given_for_run(failure: Exception, error: BaseException, handler: InProcess, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    err = handler.program.inputs.get(ERR)
    if err is None or not is_failure(err.type):
        return inputs
    from dagwright.authoring.failure import RunFailure

    notes = [f" ({note})" for note in getattr(error, "__notes__", ()) if note.startswith("failed as well: ")]
    node = failure.node if isinstance(failure, UserFailure) else ""
    return {**inputs, ERR: RunFailure("".join([_told(failure, error), *notes[:1]]), node)}


def _given_for_call(left: Left, call: CallView, inputs: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Give what the handler of a call takes; ``None`` where nothing in the call failed, or a result that it takes is not there."""
    from dagwright.authoring.failure import RunFailure

    first, *others = [node for node in left.program.node_ids if node in left.failures and node in call.nodes] or [""]
    if not first:
        return None
    given = dict(inputs)
    for name, (node, output) in call.results.items():
        try:
            given[name] = left.value(node, output)
        except LookupError:
            say(without_inputs(call.id, node))
            return None
    failure = left.failures[first]
    error = failure.error if isinstance(failure, UserFailure) else failure
    given[CALL_ERR] = RunFailure(_told(failure, error) + also_failed(others), first)
    return given


def _told(failure: Exception, error: BaseException) -> str:
    """Say what handlers hear of a failure: the same as on every other way of running."""
    if isinstance(failure, UserFailure) and failure.verdict:
        return failure.verdict
    if isinstance(failure.__cause__, SystemExit):  # raised here as an error of ours, which ends no script
        return _headline(failure.__cause__)
    if isinstance(error, (TaskDiedError, TaskTimeoutError)):
        return str(error)
    return _headline(error)


def _headline(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {message_of(error)}".split())
