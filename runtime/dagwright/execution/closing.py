"""What is left behind when an attempt has ended: exit code, record, error document, log, termination message.

Runs in the parent, after the child is gone, so it may touch the store. A store that fails here changes no ending: one line
says so and the exit code stands.
"""

from __future__ import annotations

import os
import time

from dagwright.contract.exits import CANCELLED, FINAL, RETRYABLE
from dagwright.contract.jsontext import dumps
from dagwright.contract.names import MEMORY_NEXT, attempt_key, error_key
from dagwright.execution import ending as endings
from dagwright.execution.ending import COUNTS, SUCCEEDED, TERMINATED, TIMEOUT, death_text, exit_code, shortage_text
from dagwright.execution.output import write_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping

    from dagwright.execution.assignment import Assignment
    from dagwright.execution.lost_elements import Loss
    from dagwright.execution.supervisor import Console, Ended
    from dagwright.store.verbs import Store

TERMINATION_BYTES = 4096
_LONGEST_REASON = 500
_SYSTEM = ("transient", "fatal", "terminated", endings.CANCELLED)
_RECORDED = ("ending", "task", "started", "ended", "signal", "message", "cpu_s", "peak_rss_bytes", "memory_kills")
"""Members of an error document that its record has, too."""


class Closed:
    """An attempt that is over: its exit code, and for a failed one the error document.

    ``counts`` tells of an attempt at several elements of a map what became of them (``ending.COUNTS``).
    """

    __slots__ = ("code", "counts", "ending", "error", "state")

    def __init__(
        self, code: int, ending: str, state: str, error: dict[str, Any] | None, counts: dict[str, int] | None = None
    ) -> None:
        self.counts = counts or {}
        self.code = code
        self.ending = ending
        self.state = state
        self.error = error


def close(assignment: Assignment, ended: Ended, console: Console) -> Closed:
    """Record how the attempt ended and give its exit code."""
    closed = _close(assignment, ended, console)
    if assignment.plan.is_handled:
        _note_closed(assignment, console)
    return closed


def _note_closed(assignment: Assignment, console: Console) -> None:
    """Let what handles the run's failure know that this attempt is over; where that fails, it waits in vain for a while."""
    from dagwright.execution.stopping import note_closed
    from dagwright.store import StoreError, open_store

    try:
        note_closed(open_store(assignment.store_url), assignment)
    except StoreError as failure:
        _say_that_none_is_kept("note of the end", failure, console)


def _close(assignment: Assignment, ended: Ended, console: Console) -> Closed:
    if ended.ending == SUCCEEDED:
        assert ended.outcome is not None
        number = ended.outcome["number"]
        if ended.log and number is not None:
            _keep_log(assignment, number, ended.log, console)
        return Closed(0, SUCCEEDED, ended.outcome["state"], None, _counts(ended))
    error = _error_document(assignment, ended)
    error["code"], error["attempt"] = _record(assignment, ended, error, console)
    text = _pod_text(error, _again(assignment, ended, error["code"]))
    if console.reports_final or error["code"] in RETRYABLE:
        write_all(console.err, _prefixed(text, console.prefix))
    _write_termination(assignment, error)
    return Closed(error["code"], ended.ending, "failed", error, _counts(ended))


def _counts(ended: Ended) -> dict[str, int]:
    return {name: ended.outcome[name] for name in COUNTS if name in ended.outcome} if ended.outcome else {}


def _record(assignment: Assignment, ended: Ended, error: dict[str, Any], console: Console) -> tuple[int, int]:
    """Write record, error document and log; give exit code and number of the attempt."""
    from dagwright.execution.records import record_attempt
    from dagwright.store import StoreError, open_store

    retries = assignment.node.policy.retries
    body = {key: error[key] for key in _RECORDED if key in error}
    body["message"] = body["message"][:500]
    body.update(_counts(ended))
    if ended.ending == endings.CANCELLED and ended.outcome is not None:
        body["stop"] = ended.outcome["stop"]
    exhausted = ended.outcome is not None and bool(ended.outcome.get("exhausted"))
    try:
        store = open_store(assignment.store_url)
        if ended.elements is not None and not exhausted:  # else the child has left its part
            _keep_finished(store, assignment, console)
        number, spent = record_attempt(store, assignment, body)
    except StoreError as failure:
        _say_that_none_is_kept("record", failure, console)
        return exit_code(ended.ending, spent=retries + 1 if exhausted else 0, retries=retries), assignment.hint or 0
    code = exit_code(ended.ending, spent=retries + 1 if exhausted else spent, retries=retries)
    document = dumps({**error, "code": code, "attempt": number}).encode("ascii")
    try:
        store.put(error_key(assignment.run, assignment.node.id, assignment.index, number), document)
    except StoreError as failure:
        _say_that_none_is_kept("error document", failure, console)
    if (code in FINAL and code != CANCELLED) or _has_had_all_memory(assignment, ended):
        _settle_failure(store, assignment, ended, error, console)
    if ended.log:
        _keep_log(assignment, number, ended.log, console)
    return code, number


def _settle_failure(store: Store, assignment: Assignment, ended: Ended, error: dict[str, Any], console: Console) -> None:
    """Let others hear of a failure for good: a map that may lose elements that it did, else the rest of the run that it is not needed."""
    if assignment.index is not None and assignment.node.has_holes:
        for loss in _losses(assignment, ended, error):
            _note_loss(store, assignment, loss, console)
    elif assignment.stops:
        leave_stop(store, assignment, f"{label_of(error)} failed: {headline(error)}", console)


def leave_stop(store: Store, assignment: Assignment, text: str, console: Console) -> None:
    """Leave the stop marker; where that fails, the rest of the run goes on in vain."""
    from dagwright.execution.stopping import stop_run
    from dagwright.store import StoreError

    try:
        stop_run(store, assignment, text[:_LONGEST_REASON])
    except StoreError as failure:
        _say_that_none_is_kept("stop marker", failure, console)


def headline(error: Mapping[str, Any]) -> str:
    """Say what an error document is about, in one line."""
    what = f"{error['exc_type'].rpartition('.')[2]}: {error['message']}" if error["exc_type"] else error["message"]
    return " ".join(what.split())


def _keep_finished(store: Store, assignment: Assignment, console: Console) -> None:
    """Leave what a failed attempt at several elements has finished: the next one has that much less to do."""
    from dagwright.cache.stripes import Part, part_key, write_part
    from dagwright.execution.journal import Journal
    from dagwright.store import StoreError

    progress = Journal(assignment).read()
    if not progress.results and not progress.spent:
        return
    assert assignment.index is not None
    key = part_key(assignment.run, assignment.node.id, assignment.index, assignment.token)
    try:
        write_part(store, key, Part(progress.results, progress.spent, progress.epoch))
    except StoreError as failure:
        _say_that_none_is_kept("part of the results", failure, console)


def _losses(assignment: Assignment, ended: Ended, error: dict[str, Any]) -> list[Loss]:
    """Give the elements that failed for good in this attempt; none where it ended before it knew which they are."""
    from dagwright.execution.lost_elements import Loss, short_error

    if ended.elements is None:
        if ended.inputs is None:  # the pod's index may be that of a chunk
            return []
        assert assignment.index is not None
        return [Loss(assignment.index, short_error(error["exc_type"], error["message"]), ended.inputs)]
    from dagwright.execution.journal import Journal

    progress, found = Journal(assignment).read(), []
    for index in ended.elements:
        failure = progress.failures.get(index)
        described = (failure or {}).get("error") or {"exc_type": "", "message": failure["text"] if failure else error["message"]}
        if failure is not None or index not in progress.results:
            text = short_error(described["exc_type"], described["message"])
            found.append(Loss(index, text, failure["inputs"] if failure else ""))
    return found


def _note_loss(store: Store, assignment: Assignment, loss: Loss, console: Console) -> None:
    """Let those who read the map's list know that this element will not come."""
    from dagwright.execution.lost_elements import keep
    from dagwright.store import StoreError

    try:
        keep(store, assignment.run, assignment.node.id, loss)
    except StoreError as failure:
        _say_that_none_is_kept("note for the map's list", failure, console)


def _error_document(assignment: Assignment, ended: Ended) -> dict[str, Any]:
    """Say what happened, in one JSON object for machines and people."""
    outcome = ended.outcome or {}
    described = outcome.get("error") if ended.ending not in (TERMINATED, TIMEOUT) else None
    died = os.WTERMSIG(ended.status) if os.WIFSIGNALED(ended.status) else None
    now = time.time()
    document = {
        "v": 1,
        "ending": ended.ending,
        "origin": "system" if ended.ending in _SYSTEM else "user",
        "exc_type": "",
        "message": _message(assignment, ended),
        "traceback": "",
        "cause_chain": [],
        **(described or {}),
        "node": assignment.node.id,
        "index": assignment.index if ended.elements is None else outcome.get("element", ended.element),
        "inputs": outcome.get("inputs") or ended.inputs or "",
        "task": assignment.node.task.name,
        "run": assignment.run,
        "image": assignment.node.policy.image,
        "host": os.uname().nodename,
        "started": now - ended.wall_s,
        "ended": now,
        **ended.usage.data(),
        "signal": died,
    }
    if ended.memory_kills:
        document["memory_kills"] = ended.memory_kills
        if ended.outcome is not None:
            document["shortage"] = shortage_text(ended.memory_kills, ended.memory_limit)
    if "internal" in outcome:
        document["traceback"] = outcome["internal"]
    return document


def _message(assignment: Assignment, ended: Ended) -> str:
    policy = assignment.node.policy
    if ended.ending == TIMEOUT and not (ended.outcome or {}).get("exhausted"):
        return f"the task ran longer than its timeout of {policy.timeout_s:g} s"
    if ended.ending == TERMINATED:
        return "the attempt was terminated (SIGTERM): an eviction, a lost node or a stopped run"
    if ended.outcome is None:
        return death_text(ended.status, memory_kills=ended.memory_kills, memory_limit=ended.memory_limit)
    text: str = ended.outcome.get("text", "")
    return text


def _again(assignment: Assignment, ended: Ended, code: int) -> str:
    """Say what follows a failed attempt, as far as that is known here."""
    if code not in RETRYABLE:
        return ""
    if not (assignment.memory and _was_killed_for_memory(ended)):
        return "; it may be tried again"
    _, grows, following = assignment.memory.rstrip("]").partition(MEMORY_NEXT)
    return f"; the next attempt gets {following} of memory" if grows else "; no attempt gets more memory"


def _was_killed_for_memory(ended: Ended) -> bool:
    return bool(ended.memory_kills) and ended.outcome is None


def _has_had_all_memory(assignment: Assignment, ended: Ended) -> bool:
    """Tell whether an OOM kill is for good: the orchestrator has no larger pod, and does not try again."""
    return bool(assignment.memory) and MEMORY_NEXT not in assignment.memory and _was_killed_for_memory(ended)


def _pod_text(error: dict[str, Any], again: str) -> str:
    """Make the end of the pod's log: the user's own traceback, or one line of ours."""
    shortage = _shortage(error)
    if error["origin"] == "user" and error["traceback"]:
        which = f"dagwright: {label_of(error)} failed (exit {error['code']}{again})\n" if again or error["inputs"] else ""
        return f"{which}{error['traceback']}{shortage}"
    return f"dagwright: {label_of(error)}: {error['message']} (exit {error['code']}{again})\n{shortage}"


def _shortage(error: dict[str, Any]) -> str:
    return f"dagwright: {error['shortage']}\n" if error.get("shortage") else ""


def label_of(error: Mapping[str, Any]) -> str:
    """Name what an error document is about: the node, in a map the element and what it was given."""
    if error["index"] is None:
        return str(error["node"])
    return f"{error['node']}[{error['index']}] {error.get('inputs', '')}".rstrip()


def _prefixed(text: str, prefix: bytes) -> bytes:
    return b"".join(prefix + line for line in text.encode("utf-8", "backslashreplace").splitlines(keepends=True))


def _write_termination(assignment: Assignment, error: dict[str, Any]) -> None:
    """Fill the pod's termination message: one line first, then the end of the traceback, within 4 KiB."""
    path = assignment.termination
    if path is None:
        return
    mark = f" {assignment.memory}\n".encode() if assignment.memory else b"\n"
    what = f"{error['exc_type']}: {error['message']}" if error["exc_type"] else error["message"]
    head = f"{label_of(error)}: {' '.join(what.split())} (exit {error['code']})".encode("utf-8", "backslashreplace")[:1024] + mark
    rest = f"{error['traceback'] if error['origin'] == 'user' else ''}{_shortage(error)}"
    tail = rest.encode("utf-8", "backslashreplace")[-(TERMINATION_BYTES - len(head)) :]
    try:
        with open(path, "wb") as file:
            file.write((head + tail).decode("utf-8", "ignore").encode()[:TERMINATION_BYTES])
    except OSError as failure:
        write_all(2, f"dagwright: cannot write {path}: {failure.strerror}\n".encode())


def _keep_log(assignment: Assignment, number: int, log: bytes, console: Console) -> None:
    """Keep what an attempt printed, under the number of its record."""
    from dagwright.store import StoreError, open_store

    record = attempt_key(assignment.run, assignment.node.id, assignment.index, number)
    try:
        open_store(assignment.store_url).put(record[: -len(".json")] + ".log", log)
    except StoreError as failure:
        _say_that_none_is_kept("log", failure, console)


def _say_that_none_is_kept(what: str, failure: Exception, console: Console) -> None:
    line = f"dagwright: no {what} of this attempt: {' '.join(str(failure).split())}\n"
    write_all(console.err, console.prefix + line.encode("utf-8", "backslashreplace"))
