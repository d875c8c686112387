"""The end of a map that may lose elements: whether enough of them gave a result.

Runs where the orchestrator starts it after the last element (``pod``), and in an element that failed for good (``batch``).
Reads the store; counts results and notes, never what an orchestrator says of its elements.
"""

from __future__ import annotations

import os

from dagwright.contract.chunks import chunk_of
from dagwright.contract.exits import CANCELLED, SUCCEEDED, SYSTEM_FATAL, SYSTEM_TRANSIENT, USER_FAILED
from dagwright.contract.names import error_key
from dagwright.execution.closing import leave_stop
from dagwright.execution.faults import Fault, UserFailure, fatal
from dagwright.execution.lost_elements import describe, last_words, losses, note_unheard, too_many
from dagwright.execution.stopping import Cancelled, Lookout
from dagwright.execution.supervisor import Console

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dagwright.execution.assignment import Assignment
    from dagwright.execution.elements import Elements
    from dagwright.store.verbs import Store


def judge_map(assignment: Assignment) -> int:
    """Judge a map whose elements have all ended; give the exit code.

    Raises:
        Fault: Plan, store or list are not there.
    """
    from dagwright.store import StoreError

    store, elements = open_map(assignment)
    node = assignment.node
    try:
        Lookout(store, assignment).look()
        lost = note_unheard(
            store,
            assignment.run,
            node.id,
            elements,
            losses(store, assignment.run, node.id, elements),
            why=lambda index: last_words(store, assignment.run, node.id, elements.pod(index)),
        )
    except Cancelled as cancelled:
        _say(f"dagwright: {node.id}: {cancelled} (exit {CANCELLED})\n")
        return CANCELLED
    except StoreError as error:
        raise fault_of(error) from error
    text = too_many(node, elements.count, lost)
    if not text:
        _forget(store, assignment)
        _say("".join(f"dagwright: {node.id}{describe(loss)}; its place in the list holds None\n" for loss in lost))
        return SUCCEEDED
    _say(f"dagwright: {text} (exit {USER_FAILED})\n")
    _stop(store, assignment, text)
    if assignment.termination is not None:
        try:
            with open(assignment.termination, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(f"{text}\n")
        except OSError as failure:
            _say(f"dagwright: cannot write {assignment.termination}: {failure.strerror}\n")
    return USER_FAILED


def judge_element(assignment: Assignment, code: int) -> int:
    """Give the exit code of a pod that failed for good with ``code``: success, as long as its map may lose its elements.

    Of elements that fail at once, whoever looks last sees all notes, so one of them says that it is too many.

    Raises:
        Fault: Plan, store or list are not there.
    """
    from dagwright.store import StoreError

    if not assignment.node.has_holes or code == CANCELLED:
        return code
    store, elements = open_map(assignment)
    try:
        lost = losses(store, assignment.run, assignment.node.id, elements)
    except StoreError as error:
        raise fault_of(error) from error
    text = too_many(assignment.node, elements.count, lost)
    if text:
        _say(f"dagwright: {text} (exit {code})\n")
        _stop(store, assignment, text)
        return code
    mine = chunk_of(assignment.index or 0, elements.count, assignment.plan.program.map_pods)
    for loss in lost:
        if loss.index in mine:
            _say(f"dagwright: {assignment.node.id}[{loss.index}] failed; its place in the list holds None\n")
    return SUCCEEDED


def _stop(store: Store, assignment: Assignment, text: str) -> None:
    """Let the rest of the run hear of it, and what handles the failure in the end: others may have failed meanwhile.

    Raises:
        Fault: The store failed.
    """
    from dagwright.store import StoreError

    if assignment.plan.is_handled:
        from dagwright.execution.handling import note_failure

        try:
            note_failure(store, assignment.run, assignment.node.id, text)
        except StoreError as error:
            raise fault_of(error) from error
    if assignment.stops:
        leave_stop(store, assignment, text, Console())


def _forget(store: Store, assignment: Assignment) -> None:
    """Remove what an earlier round noted of the map, where one may have.

    Raises:
        Fault: The store failed.
    """
    from dagwright.store import StoreError

    if assignment.plan.is_handled:
        try:
            store.delete(error_key(assignment.run, assignment.node.id, None, 0))
        except StoreError as error:
            raise fault_of(error) from error


def open_map(assignment: Assignment) -> tuple[Store, Elements]:
    """Open the store, and give access to the elements of a map node.

    Raises:
        Fault: Plan, store or list are not there.
    """
    from dagwright.cache import PinDamaged
    from dagwright.execution import context
    from dagwright.execution.bindings import bindings_of
    from dagwright.execution.user_code import load, prepare
    from dagwright.store import StoreError, open_store
    from dagwright.values import Codec

    context.claim_process(context.Attempt(assignment.node.id))
    prepare(assignment.code)
    program = assignment.plan.program
    try:
        store = open_store(assignment.store_url)
        if assignment.plan.failed is not None:
            from dagwright.execution.handling import begin

            begin(assignment, store)
        codec = Codec(program.classes, load_class=load, pickle=assignment.pickle)
        return store, bindings_of(assignment, store, codec).elements(assignment.node)
    except StoreError as error:
        raise fault_of(error) from error
    except PinDamaged as damage:
        raise fatal(f"{damage}: start a new run") from damage
    except UserFailure as failure:
        raise Fault(str(failure.error), code=USER_FAILED) from failure


def fault_of(error: object) -> Fault:
    """Say what a store's failure means for the exit code."""
    return Fault(str(error), code=SYSTEM_TRANSIENT if getattr(error, "transient", False) else SYSTEM_FATAL)


def _say(text: str) -> None:
    os.write(2, text.encode("utf-8", "backslashreplace"))
