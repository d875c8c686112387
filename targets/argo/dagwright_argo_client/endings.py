"""How a run ended, for people: each failed node with its attempts, the task's own traceback, and what to try next.

Input: a run, and its store where that can be read. Output: text.
"""

from __future__ import annotations

import re
import time
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from dagwright.contract import exits
from dagwright.contract.names import MEMORY_NEXT
from dagwright.execution.closing import label_of
from dagwright.store import StoreError
from dagwright_argo_client.runs import FAILED, NO_ANSWER
from dagwright_argo_client.texts import Style, duration_text
from dagwright_compiler.cli.cache_texts import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dagwright_argo_client.results import Results
    from dagwright_argo_client.runs import Attempt, Part, Pause, Run, RunNode

_MOST_NODES = 3
_MOST_PARTS = 3
_AGAIN = "; tried again"
_EXECUTOR = 64
"""Exit code of Argo's executor, beside the task or, in the container ``main``, in its place."""
_MEANINGS = {
    exits.SUCCEEDED: "succeeded",
    exits.TERMINATED: f"terminated from outside: eviction, lost node, deleted pod or stopped run{_AGAIN}",
    exits.TIMED_OUT: f"ran into the task's timeout{_AGAIN}",
    exits.SYSTEM_TRANSIENT: f"store or network failed in a way that may pass{_AGAIN}",
    exits.USER_RECOVERABLE: f"the task raised a recoverable error{_AGAIN}",
    exits.USER_FAILED: "the task failed: an exception, or a value of the wrong type",
    exits.USER_EXHAUSTED: "the task raised a recoverable error, and its retries are spent",
    exits.SYSTEM_FATAL: "plan, store or image is wrong; no retry mends that",
    exits.TIMED_OUT_EXHAUSTED: "ran into the task's timeout, and its retries are spent",
    exits.CANCELLED: "cancelled: another part of the run had failed for good",
    _EXECUTOR: f"Argo's executor failed{_AGAIN}",
    65: "Argo's supervisor failed",
    137: "killed: out of memory (OOMKilled), or from outside",
    143: "terminated before the runtime began",
}


_NOT_STARTED = 1
"""Argo's exit code where the container's program cannot be started."""
_LONGEST_VARIABLE = 128 * 1024
"""Of Linux, for one variable with its name."""
_NO_POD = "pods "
"""How the API server's refusal of a pod begins, which is all that is known of such an attempt."""
_NO_RESULTS = "workflowtaskresults.argoproj.io is forbidden"
_GIVE_RIGHT = (
    "The account of the run's pods lacks a right: `dagwright compile --emit rbac FILE | kubectl apply -f -` gives it, then retry."
)


_MEMORY = re.compile(rf"\[memory \d of \d: ([^],]+)(?:{MEMORY_NEXT}([^]]+))?\]")
"""What the pod itself says of its memory (``contract.names.memory_mark``)."""

_KILLED_FOR_MEMORY = re.compile("(?:main: )?OOMKilled")
_PAST_DEADLINE = re.compile("[^:]*specified deadline|(?:main: )?DeadlineExceeded")
"""Both at the beginning alone: behind ``main: Error (exit code 80):`` stands the user's text."""


def meaning(attempt: Attempt) -> str:
    """Say what an attempt's exit code means."""
    if attempt.exit_code is None:
        return attempt.message or attempt.phase
    if _KILLED_FOR_MEMORY.match(attempt.message):
        found = _MEMORY.search(attempt.message)
        had = f" of {found[1]}" if found else ""
        return f"killed: it needed more memory than its limit{had}" + (
            f"; the next attempt gets {found[2]}" if found and found[2] else ""
        )
    if _PAST_DEADLINE.match(attempt.message):
        return "killed: it passed the pod's deadline"
    if attempt.exit_code == exits.SUCCEEDED and attempt.phase == FAILED:
        return f"the task succeeded, and Argo's executor beside it failed{_AGAIN}"
    known = None if _is_unbegun(attempt) else _MEANINGS.get(attempt.exit_code)
    if known is None:
        return "the container could not run the task: image, interpreter or mount is wrong" if attempt.exit_code else "succeeded"
    return known


def _is_unbegun(attempt: Attempt) -> bool:
    """Whether Argo, in the task's container, could not begin the task's command."""
    return attempt.exit_code == _EXECUTOR and attempt.message.startswith("main:")


def _is_the_tasks(attempt: Attempt) -> bool:
    """Whether the task itself may be what failed. Where it is not (no pod, no interpreter, a wrong plan) it would go well here."""
    if attempt.exit_code is None:
        return not attempt.message.startswith(_NO_POD)
    return attempt.exit_code in _MEANINGS and attempt.exit_code not in (exits.SUCCEEDED, exits.SYSTEM_FATAL, _EXECUTOR)


def failure_text(run: Run, results: Results | None, file: str, style: Style) -> str:
    """Tell why a run failed.

    Args:
        run: It has ended.
        results: Its store, where that is at hand.
        file: What the user calls the source, for the command that replays a task; guessed from the workflow's module where it is empty.
        style: How to write.
    """
    failed = run.failed
    teller = _Teller(run, results, file, style)
    texts = [teller.node(node) for node in failed[:_MOST_NODES]]
    if len(failed) > _MOST_NODES:
        more = ", ".join(node.id for node in failed[_MOST_NODES:][:10])
        texts.append(f"{len(failed) - _MOST_NODES} more failed: {more}\n")
    if not failed and run.was_stopped:
        texts.append(f"{run.name} was stopped; `dagwright retry {run.name}` takes it up again\n")
    elif not failed:
        texts.append(f"{run.name} failed: {run.message or 'the controller does not say why'}\n")
    return "\n".join(texts)


def earlier_attempts(results: Results | None, node: str, part: Part) -> tuple[Attempt, ...]:
    """Give the attempts that Argo forgot when the run was retried, oldest first; none where the store cannot be read."""
    if results is None or not part.attempts:
        return ()
    try:
        return results.attempts_before(node, part.index, part.attempts[0].started)
    except StoreError:
        return ()  # that it cannot be read is said where its error document is looked for


class _Teller:
    """Tells about failed nodes of one run."""

    def __init__(self, run: Run, results: Results | None, file: str, style: Style) -> None:
        self._run = run
        self._results = results
        self._file = file or source_of(run)
        self._style = style

    def node(self, node: RunNode) -> str:
        if node.pause is not None:
            return f"{self._style.mark(FAILED)} {node.id}: {_unanswered(node.pause)}\n  ask again: dagwright retry {self._run.name}\n"
        parts = node.parts_in(FAILED)
        texts = [self._part(node, part) for part in parts[:_MOST_PARTS]]
        if len(parts) > _MOST_PARTS:
            numbers = ", ".join(str(part.index) for part in parts[_MOST_PARTS:][:20])
            texts.append(f"{len(parts) - _MOST_PARTS} more of {node.id} failed: {numbers}\n")
        if node.verdict is not None and node.verdict.state == FAILED:
            said = node.verdict.attempts[-1].text.strip() or "too many of its elements failed"
            texts.append(f"{self._style.mark(FAILED)} {node.id}: {said}\n")
        return "\n".join(texts)

    def _part(self, node: RunNode, part: Part) -> str:
        error, doubt = _error(self._results, node.id, part.index)
        index = error.get("index") if error else None
        index = part.index if index is None else index
        label = node.id if index is None else f"{node.id}[{index}]"
        earlier = earlier_attempts(self._results, node.id, part)
        before = f", {len(earlier)} of them before the run was retried" if earlier else ""
        attempts = (*earlier, *part.attempts)
        lines = [
            f"{self._style.mark(FAILED)} {label_of(error) if error else label} failed after {_attempts(attempts)}{before}",
            _indented(_table(attempts)),
            "",
            _indented(_too_long_for_a_pod(self._run, part.attempts[-1]) or _why(part.attempts[-1], error)),
            *(["", f"  {doubt}"] if doubt else []),
        ]
        # What handles a failure is no node of the program that is replayed.
        if _is_the_tasks(part.attempts[-1]) and not node.handles:
            replay = f"dagwright run --only {quote(label)} --from {self._run.name} {self._file}"
            lines += [*([] if doubt else [""]), f"  try it here: {replay}"]
        return "\n".join(lines) + "\n"


def _unanswered(pause: Pause) -> str:
    """Say why a gate let nothing through."""
    if NO_ANSWER in pause.message:
        limit = duration_text(float(pause.limit.rstrip("s"))) if pause.limit.rstrip("s").isdigit() else pause.limit
        return f"nobody {'approved' if pause.gate == 'approve' else 'gave a value'} within {limit}"
    return pause.message or "it failed, and Argo does not say why"


def source_of(run: Run) -> str:
    """Guess the file of a run's workflow from its module; a placeholder where it is not here."""
    path = f"{run.workflow.rpartition('.')[0].replace('.', '/')}.py"
    return path if Path(path).is_file() else "FILE"


def _error(results: Results | None, node: str, index: int | None) -> tuple[dict[str, Any] | None, str]:
    """The error document of a part; why it cannot be read."""
    if results is None:
        return None, ""
    try:
        return results.error(node, index), ""
    except StoreError as error:
        return None, f"(more of it stands in the store, which cannot be read from here: {error})"


def _too_long_for_a_pod(run: Run, last: Attempt) -> str:
    """Say where a pod ended without a word because it was given more than Linux takes; empty where that is not it."""
    if last.exit_code != _NOT_STARTED or last.text.strip():
        return ""
    size, name = max(((len(text.encode()), name) for name, text in run.parameters.items()), default=(0, ""))
    if size < _LONGEST_VARIABLE:
        return ""
    return (
        f"The value of {name} takes {size:,} bytes, and a pod is given one of {_LONGEST_VARIABLE:,} at most: "
        "`dagwright submit` puts such values into the store."
    )


def _why(last: Attempt, error: dict[str, Any] | None) -> str:
    """The task's own traceback where one is kept, else what the pod said in the end."""
    if error and (error.get("traceback") or error.get("message")):
        shortage = error.get("shortage") or ""
        return "\n".join(filter(None, (str(error.get("traceback") or error["message"]).rstrip(), str(shortage))))
    said = last.text.strip()
    if _NO_RESULTS in said:
        return f"{said}\n{_GIVE_RIGHT}"
    _, _, rest = said.partition("\n")
    # A termination message says it in one line first, for those who show no more.
    return (rest if "Traceback (most recent call last)" in rest else said) or "it left no message"


def _table(attempts: Sequence[Attempt]) -> str:
    rows = [
        (
            str(number),
            time.strftime("%H:%M:%S", time.localtime(attempt.finished)) if attempt.finished else "",
            duration_text(attempt.finished - attempt.started) if attempt.finished and attempt.started else "",
            "" if attempt.exit_code is None else str(attempt.exit_code),
            meaning(attempt) if number < len(attempts) else meaning(attempt).removesuffix(_AGAIN),
        )
        for number, attempt in enumerate(attempts, 1)
    ]
    return table(("ATTEMPT", "ENDED", "TOOK", "EXIT", "MEANING"), rows, right=("TOOK", "EXIT"))


def _attempts(attempts: Sequence[Attempt]) -> str:
    return "1 attempt" if len(attempts) == 1 else f"{len(attempts)} attempts"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.splitlines())
