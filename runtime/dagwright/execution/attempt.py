"""The child: one attempt of one unit, from its inputs to its pin, reported to the supervisor.

The first process of an attempt that touches the store. Whatever happens, the last thing it says is an outcome: the user's failures
with their own traceback, ours in one line.
"""

from __future__ import annotations

import os
import time

from dagwright.authoring.coroutines import finished
from dagwright.cache import InputsDiffer, PinDamaged
from dagwright.contract.exits import SYSTEM_TRANSIENT
from dagwright.contract.names import CONTROL_FOLDER, pin_key
from dagwright.execution import context, user_code
from dagwright.execution.bindings import Bindings, length_of, type_of_output
from dagwright.execution.ending import FATAL, SUCCEEDED, TRANSIENT
from dagwright.execution.faults import Fault, UserFailure
from dagwright.execution.task_call import PINNED, Reuse, TaskCall, perform
from dagwright.store import StoreError, open_store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Sequence, TypeVar

    from dagwright.cache import Result
    from dagwright.contract.schema import Publish, Secret
    from dagwright.execution.assignment import Assignment
    from dagwright.execution.child import Report
    from dagwright.store.verbs import Store

    Waited = TypeVar("Waited")


def run_attempt(assignment: Assignment, report: Report) -> None:
    """Run the attempt and report its outcome; never raises."""
    report({"event": "outcome", **_outcome(assignment, report)})


def _outcome(assignment: Assignment, report: Report) -> dict[str, Any]:
    try:
        state, number = _execute(assignment, report)
    except UserFailure as failure:
        from dagwright.execution.failures import outcome_of

        return outcome_of(failure.error)
    except Fault as fault:
        return {"ending": TRANSIENT if fault.code == SYSTEM_TRANSIENT else FATAL, "text": fault.text}
    except StoreError as error:
        return {"ending": TRANSIENT if error.transient else FATAL, "text": " ".join(str(error).split())}
    except (InputsDiffer, PinDamaged) as error:
        return {"ending": FATAL, "text": str(error)}
    except BaseException as error:  # noqa: BLE001  # the process edge: a bug of ours ends in one line, its frames in the error document
        import traceback

        text = f"internal error in an attempt of {assignment.label}: {type(error).__name__}: {error}; please report it"
        return {"ending": FATAL, "text": " ".join(text.split()), "internal": traceback.format_exc()}
    return {"ending": SUCCEEDED, "state": state, "number": number}


def _execute(assignment: Assignment, report: Report) -> tuple[str, int | None]:
    """Perform the call, write its control outputs and its record; tell how the result came about, and the record's number."""
    from dagwright.files.access import StoreAccess
    from dagwright.values import Codec

    started = time.time()
    node, program = assignment.node, assignment.plan.program
    attempt = context.Attempt(
        node.id,
        assignment.index,
        assignment.hint or 0,
        task=node.task.name,
        run=assignment.run,
        project=assignment.project,
        domain=assignment.domain,
        work=assignment.work,
    )
    context.claim_process(attempt)
    os.environ.update(assignment.environment)
    if node.policy.secrets:
        _grant(node.policy.secrets)
    user = _UserCode(assignment, report)
    attempt.store = store = open_store(assignment.store_url)
    codec = Codec(program.classes, load_class=user.load, pickle=assignment.pickle, files=StoreAccess(store))
    bindings = Bindings(program, run=assignment.run, store=store, codec=codec, texts=assignment.inputs)
    given = bindings.of_node(node, assignment.index)
    if node.has_holes:
        from dagwright.execution.lost_elements import short_inputs

        report({"event": "inputs", "text": short_inputs(node.mapped, given)})
    call = TaskCall(
        node.task,
        node.policy,
        given,
        codec=codec,
        function=user.function,
        run=user.run,
        reuse=Reuse(store, project=assignment.project, domain=assignment.domain, cache=assignment.cache),
        pin=pin_key(assignment.run, node.id, assignment.index),
        wait=user.wait,
    )
    done = perform(call)
    assert done.result is not None
    _write_controls(assignment, done.result, store)
    number = None if done.state == PINNED else _record_success(store, assignment, done.state, started)
    if attempt.decks and node.policy.deck:
        _keep_decks(store, assignment, attempt, number or 0)
    return done.state, number


def _grant(secrets: Sequence[Secret]) -> None:
    """Set the variables that the task chose for its secrets, and say which are absent: looking for them in vain may end anywhere."""
    from dagwright.execution.granted import absent, chosen_variables

    os.environ.update(chosen_variables(secrets))
    for name in absent(secrets):
        os.write(2, f"dagwright: the secret {name} is not here: looking it up will fail\n".encode("utf-8", "backslashreplace"))


def _keep_decks(store: Store, assignment: Assignment, attempt: context.Attempt, number: int) -> None:
    """Keep the pages beside the attempt's record. Like the record, one that cannot be written costs a line, not the attempt."""
    from dagwright.authoring.deck import page
    from dagwright.contract.names import deck_key

    key = deck_key(assignment.run, assignment.node.id, assignment.index, number)
    try:
        store.put(key, page(attempt.task, attempt.decks).encode("utf-8", "backslashreplace"))
    except StoreError as error:
        os.write(2, f"dagwright: no deck of this attempt: {' '.join(str(error).split())}\n".encode())
        return
    os.write(2, f"dagwright: deck in {key}\n".encode())


class _UserCode:
    """The user's module, imported when something of it is first needed; the watchdog hears of it before and after."""

    __slots__ = ("_assignment", "_prepared", "_report")

    def __init__(self, assignment: Assignment, report: Report) -> None:
        self._assignment = assignment
        self._report = report
        self._prepared = False

    def load(self, module: str, qualname: str) -> Any:
        if not self._prepared:
            self._prepared = True
            self._report({"event": "begin"})
            user_code.prepare(self._assignment.code)
        return user_code.load(module, qualname)

    def function(self) -> Callable[..., Any]:
        task = self._assignment.node.task
        return user_code.function_of(self.load(task.module, task.function))

    def wait(self, until: Callable[[], Waited]) -> Waited:
        """Wait for an equal call, while the watchdog looks away."""
        if not self._prepared:
            return until()
        self._report({"event": "end"})
        try:
            return until()
        finally:
            self._report({"event": "begin"})

    def run(self, function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        try:
            return finished(function(**arguments))
        except (StoreError, PinDamaged):
            raise  # a file that the function opened could not be fetched: not the user's failure
        except BaseException as error:
            raise UserFailure(error) from error
        finally:
            self._report({"event": "end"})


def _write_controls(assignment: Assignment, result: Result, store: Store) -> None:
    """Write what the orchestrator waits for, also when the result was pinned long ago: it has no other source for it."""
    publish = assignment.unit.get("publish", ())
    if not publish:
        return
    folder = os.path.join(assignment.work, CONTROL_FOLDER)
    try:
        os.makedirs(folder, exist_ok=True)
        for item in publish:
            path = os.path.join(folder, item["parameter"])
            with open(path, "w", encoding="ascii") as file:
                length = (
                    _length_of_part(assignment, result, item, store) if item.get("path") else length_of(result, item["output"])
                )
                file.write(str(length))
    except OSError as error:
        raise Fault(
            f"cannot write control outputs to {folder}: {error.strerror}: the pod needs a writable DAGWRIGHT_WORK", code=82
        ) from error


def _length_of_part(assignment: Assignment, result: Result, item: Publish, store: Store) -> int:
    """Count the list in a part of an output. Where it is absent, one element runs and says so: it is the map that asks for it."""
    from dagwright.cache import fetcher, unpack_output
    from dagwright.contract.paths import NoSuchPart, follow_wire

    declared = type_of_output(assignment.node, item["output"])
    whole = unpack_output(result.output(item["output"]), fetcher(store, result))
    try:
        _, data = follow_wire(declared, whole, item.get("path", []), assignment.plan.program.classes)
    except NoSuchPart:
        return 1
    return len(data) if isinstance(data, list) else 1


def _record_success(store: Store, assignment: Assignment, state: str, started: float) -> int | None:
    """Leave a record. The result is pinned by now, so a record that cannot be written costs a line, not the attempt."""
    from dagwright.execution.records import record_attempt

    body = {
        "ending": SUCCEEDED,
        "state": state,
        "code": 0,
        "task": assignment.node.task.name,
        "started": started,
        "ended": time.time(),
    }
    try:
        return record_attempt(store, assignment, body)[0]
    except StoreError as error:
        os.write(2, f"dagwright: no record of this attempt: {' '.join(str(error).split())}\n".encode())
        return None
