"""The child: one attempt of one unit, from its inputs to its pin, reported to the supervisor.

The first process of an attempt that touches the store. Whatever happens, the last thing it says is an outcome: the user's failures
with their own traceback, ours in one line.
"""

from __future__ import annotations

import os
import time

from dagwright.authoring.coroutines import finished
from dagwright.cache import InputsDiffer, PinDamaged
from dagwright.contract.chunks import chunk_length, chunk_of, pods_of
from dagwright.contract.exits import SYSTEM_TRANSIENT
from dagwright.contract.names import CONTROL_FOLDER, ENV_CODE, ENV_WORK, pin_key
from dagwright.execution import context, user_code
from dagwright.execution.bindings import bindings_of, type_of_output
from dagwright.execution.ending import CANCELLED, COUNTS, FATAL, SUCCEEDED, TRANSIENT
from dagwright.execution.faults import Fault, UserFailure, fatal
from dagwright.execution.stopping import Cancelled, Lookout
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
        return _execute(assignment, report)
    except UserFailure as failure:
        from dagwright.execution.failures import outcome_of

        return outcome_of(failure.error)
    except Cancelled as cancelled:
        return {"ending": CANCELLED, "text": str(cancelled), "stop": cancelled.token}
    except Fault as fault:
        return {"ending": TRANSIENT if fault.code == SYSTEM_TRANSIENT else FATAL, "text": fault.text}
    except StoreError as error:
        return {"ending": TRANSIENT if error.transient else FATAL, "text": " ".join(str(error).split())}
    except InputsDiffer as error:
        return {"ending": FATAL, "text": str(error)}
    except PinDamaged as error:
        return {"ending": FATAL, "text": f"{error}: start a new run"}
    except BaseException as error:  # noqa: BLE001  # the process edge: a bug of ours ends in one line, its frames in the error document
        import traceback

        text = f"internal error in an attempt of {assignment.label}: {type(error).__name__}: {error}; please report it"
        return {"ending": FATAL, "text": " ".join(text.split()), "internal": traceback.format_exc()}


def _execute(assignment: Assignment, report: Report) -> dict[str, Any]:
    """Do the work of the pod, a call or several elements of a map; leave its record, and give the outcome."""
    started = time.time()
    attempt = _attempt_of(assignment, assignment.index)
    context.claim_process(attempt)
    os.environ.update(assignment.environment)
    if assignment.node.policy.secrets:
        _grant(assignment.node.policy.secrets)
    if assignment.plan.failed is not None or assignment.plan.is_handled:
        _enter_the_run(assignment, report)
    calls = _Calls(assignment, report)
    attempt.store = calls.store
    if assignment.hint and assignment.counts_attempts:
        _tell_of_a_loss(calls.store, assignment, assignment.hint)
    elements = calls.elements()
    if elements is None:
        outcome = _perform_one(assignment, report, calls)
    else:
        from dagwright.execution.chunk import Chunk

        outcome = Chunk(
            assignment,
            report,
            calls.store,
            elements,
            call_of=calls.element,
            enter=calls.enter,
            rest=calls.rest,
            look=calls.look,
        ).run()
    if outcome["ending"] == SUCCEEDED:
        outcome["number"] = None if outcome["state"] == PINNED else _record_success(calls.store, assignment, outcome, started)
        if elements is None:
            _keep_decks(calls.store, assignment, assignment.index, outcome["number"] or 0)
    return outcome


def _enter_the_run(assignment: Assignment, report: Report) -> None:
    """Begin an attempt of what handles a failure, or one whose run's failure is handled."""
    from dagwright.execution.handling import begin
    from dagwright.execution.stopping import note_open

    store = open_store(assignment.store_url)
    if assignment.plan.is_handled:
        note_open(store, assignment)
        return
    begin(assignment, store)
    report({"event": "run", "run": assignment.run})


def _perform_one(assignment: Assignment, report: Report, calls: _Calls) -> dict[str, Any]:
    """Perform the one call of this attempt, and write its control outputs."""
    node = assignment.node
    call = calls.of(assignment.index, pin=pin_key(assignment.run, node.id, assignment.index))
    if node.over is not None:
        from dagwright.execution.lost_elements import short_inputs

        report({"event": "inputs", "text": short_inputs(node.mapped, call.given)})
    done = perform(call)
    assert done.result is not None
    _write_controls(assignment, done.result, calls.store)
    return {"ending": SUCCEEDED, "state": done.state}


def _tell_of_a_loss(store: Store, assignment: Assignment, hint: int) -> None:
    """Say that the attempt before died with its container: nobody else could say so in a log."""
    from dagwright.execution.memory import MemoryGroup, in_words
    from dagwright.execution.records import follows_a_loss, read_records

    try:
        if not follows_a_loss(read_records(store, assignment.run, assignment.node.id, assignment.index), hint):
            return
    except StoreError as error:
        _say(f"the records of earlier attempts cannot be read: {error}")
        return
    limit = MemoryGroup().limit_bytes()
    memory = "" if limit is None else f" ({in_words(limit)})"
    causes = f"killed with its container for want of memory{memory}, lost with its node, or without its store"
    _say(f"the attempt before this one left no record: it was {causes}")


def _attempt_of(assignment: Assignment, index: int | None) -> context.Attempt:
    return context.Attempt(
        assignment.node.id,
        index,
        assignment.hint or 0,
        task=assignment.node.task.name,
        run=assignment.run,
        project=assignment.project,
        domain=assignment.domain,
        work=assignment.work,
    )


class _Calls:
    """Makes the calls of this attempt: store, codec, bindings and the user's code, once for all of them."""

    __slots__ = ("_assignment", "_bindings", "_codec", "_report", "_reuse", "_user", "look", "store")

    def __init__(self, assignment: Assignment, report: Report) -> None:
        from dagwright.files.access import StoreAccess
        from dagwright.values import Codec

        self._assignment = assignment
        self._report = report
        self.store = store = open_store(assignment.store_url)
        self.look = Lookout(store, assignment).look
        self._user = _UserCode(assignment, report, self.look)
        self._codec = Codec(
            assignment.plan.program.classes, load_class=self._user.load, pickle=assignment.pickle, files=StoreAccess(store)
        )
        self._bindings = bindings_of(assignment, store, self._codec)
        self._reuse = Reuse(store, project=assignment.project, domain=assignment.domain, cache=assignment.cache)

    def elements(self) -> range | None:
        """Give the elements of this pod where it runs several; ``None`` for one call."""
        node, pod, most_pods = self._assignment.node, self._assignment.index, self._assignment.plan.program.map_pods
        if node.over is None or pod is None:
            return None
        count = self._bindings.length(node)
        elements = chunk_of(pod, count, most_pods)
        if not elements or chunk_length(count, most_pods) == 1 or self._assignment.alone:
            self._report({"event": "inputs", "text": ""})  # whoever tells of a failure knows now that it is one element's
            return None
        self._report({"event": "chunk", "first": elements[0], "last": elements[-1]})
        self._bindings.expect(elements)
        return elements

    def element(self, index: int, inline_limit: int) -> TaskCall:
        """Make the call of an element whose result stands with others."""
        return self.of(index, inline_limit=inline_limit)

    def of(self, index: int | None, *, pin: str | None = None, inline_limit: int | None = None) -> TaskCall:
        """Make a call."""
        node = self._assignment.node
        return TaskCall(
            node.task,
            node.policy,
            self._bindings.of_node(node, index),
            codec=self._codec,
            function=self._user.function,
            run=self._user.run,
            reuse=self._reuse,
            pin=pin,
            wait=self._user.wait,
            inline_limit=inline_limit,
            look=self.look,
        )

    def enter(self, index: int) -> Callable[[], None]:
        """Let an element of several have its turn; give what ends it."""
        attempt = _attempt_of(self._assignment, index)
        attempt.store = self.store
        context.claim_process(attempt)
        return lambda: self._leave(index, attempt)

    def _leave(self, index: int, attempt: context.Attempt) -> None:
        _keep_decks(self.store, self._assignment, index, self._assignment.hint or 0)
        self.rest()
        if attempt.folder is not None:  # an element alone would leave its disk with its pod
            from shutil import rmtree

            rmtree(attempt.folder, ignore_errors=True)

    def rest(self) -> None:
        """Say that no element's time runs."""
        self._user.rest()


def _grant(secrets: Sequence[Secret]) -> None:
    """Set the variables that the task chose for its secrets, and say which are absent: looking for them in vain may end anywhere."""
    from dagwright.execution.granted import absent, chosen_variables

    os.environ.update(chosen_variables(secrets))
    for name in absent(secrets):
        _say(f"the secret {name} is not here: looking it up will fail")


def _keep_decks(store: Store, assignment: Assignment, index: int | None, number: int) -> None:
    """Keep the pages of a call beside its record. Like the record, one that cannot be written costs a line, not the attempt."""
    attempt = context.current()
    if attempt is None or not attempt.decks or not assignment.node.policy.deck:
        return
    from dagwright.authoring.deck import page
    from dagwright.contract.names import deck_key

    key = deck_key(assignment.run, assignment.node.id, index, number)
    try:
        store.put(key, page(attempt.task, attempt.decks).encode("utf-8", "backslashreplace"))
    except StoreError as error:
        _say(f"no deck of this attempt: {error}")
        return
    _say(f"deck in {key}")


class _UserCode:
    """The user's module, imported when something of it is first needed; the watchdog hears of it before and after."""

    __slots__ = ("_assignment", "_is_timed", "_look", "_prepared", "_report")

    def __init__(self, assignment: Assignment, report: Report, look: Callable[[], None]) -> None:
        self._assignment = assignment
        self._look = look
        self._report = report
        self._prepared = False
        self._is_timed = False

    def load(self, module: str, qualname: str) -> Any:
        if not self._prepared:
            self._look()
            self._prepared = True
            self._begin()
            user_code.prepare(self._assignment.code)
        try:
            return user_code.load(module, qualname)
        except UserFailure as failure:
            absent = [folder for folder in self._assignment.code if not os.path.isdir(folder)]
            if absent and isinstance(failure.error, ModuleNotFoundError):
                raise fatal(f"there is no folder {absent[0]} with the user's code: mount it there or set {ENV_CODE}") from failure
            raise

    def function(self) -> Callable[..., Any]:
        task = self._assignment.node.task
        return user_code.function_of(self.load(task.module, task.function))

    def wait(self, until: Callable[[], Waited]) -> Waited:
        """Wait for an equal call, while the watchdog looks away."""
        if not self._is_timed:
            return until()
        self._end()
        try:
            return until()
        finally:
            self._begin()

    def run(self, function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        self._begin()
        try:
            return finished(function(**arguments))
        except (StoreError, PinDamaged):
            raise  # a file that the function opened could not be fetched: not the user's failure
        except OSError as error:
            raise _folder_fault(error) or UserFailure(error) from error
        except BaseException as error:
            raise UserFailure(error) from error
        finally:
            self._end()

    def rest(self) -> None:
        if self._is_timed:
            self._end()

    def _begin(self) -> None:
        if not self._is_timed:
            self._is_timed = True
            self._report({"event": "begin"})

    def _end(self) -> None:
        self._is_timed = False
        self._report({"event": "end"})


def _folder_fault(error: OSError) -> Fault | None:
    """Tell a folder of the pod that cannot be written to from the task's own trouble with files."""
    from dagwright.authoring.working_folders import UnwritableFolderError

    if not isinstance(error, UnwritableFolderError):
        return None
    where = error.filename or "temporary files"
    return fatal(f"cannot write {where}: {error.strerror}: the pod needs a writable {ENV_WORK}")


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
                file.write(str(_published(assignment, result, item, store)))
    except OSError as error:
        raise Fault(
            f"cannot write control outputs to {folder}: {error.strerror}: the pod needs a writable DAGWRIGHT_WORK", code=82
        ) from error


def _published(assignment: Assignment, result: Result, item: Publish, store: Store) -> int:
    """Give what a control output says of a list: how many pods a map over it has, or how many elements it has itself."""
    count = None if item.get("path") else result.output(item["output"]).count
    length = _length_of_part(assignment, result, item, store) if count is None else count
    return length if item.get("counts") == "elements" else pods_of(length, assignment.plan.program.map_pods)


def _length_of_part(assignment: Assignment, result: Result, item: Publish, store: Store) -> int:
    """Count the list in an output, or in a part of one. Where there is none, one element runs and says so: it is the map that asks for it."""
    from dagwright.cache import fetcher, unpack_output
    from dagwright.contract.paths import NoSuchPart, follow_wire

    declared = type_of_output(assignment.node, item["output"])
    whole = unpack_output(result.output(item["output"]), fetcher(store, result))
    try:
        _, data = follow_wire(declared, whole, item.get("path", []), assignment.plan.program.classes)
    except NoSuchPart:
        return 1
    return len(data) if isinstance(data, list) else 1


def _record_success(store: Store, assignment: Assignment, outcome: dict[str, Any], started: float) -> int | None:
    """Leave a record. The result is pinned by now, so a record that cannot be written costs a line, not the attempt."""
    from dagwright.execution.records import record_attempt
    from dagwright.execution.usage import Usage

    usage = Usage(*outcome.get("used", ()))
    usage.add_own()
    body = {
        "ending": SUCCEEDED,
        "state": outcome["state"],
        "code": 0,
        "task": assignment.node.task.name,
        "started": started,
        "ended": time.time(),
        **usage.data(),
        **{name: outcome[name] for name in COUNTS if name in outcome},
    }
    try:
        return record_attempt(store, assignment, body)[0]
    except StoreError as error:
        _say(f"no record of this attempt: {error}")
        return None


def _say(text: str) -> None:
    os.write(2, f"dagwright: {' '.join(text.split())}\n".encode("utf-8", "backslashreplace"))
