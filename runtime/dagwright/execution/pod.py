"""The entry of a pod: ``<unit> [<index>]`` and the environment of ``contract.names`` make one supervised attempt.

``<unit> verdict`` runs nothing: it judges a map that may lose elements, after the last of them. Nor does ``<unit> calls``: it tells in which calls
of a failed run something failed.

Also where AWS Batch starts the container: index and attempt number then come from its own variables, and the bundle from the store.
Every failure of ours ends in one line and exit code 74 or 82.
"""

from __future__ import annotations

import os
import sys

from dagwright.contract import names
from dagwright.contract.exits import SUCCEEDED, SYSTEM_FATAL
from dagwright.contract.modes import cache_mode
from dagwright.execution.assignment import Assignment
from dagwright.execution.faults import Fault, fatal
from dagwright.execution.plan_view import read_plan
from dagwright.execution.supervisor import Console, supervise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping

    from dagwright.execution.child import Report, Work
    from dagwright.execution.memory import MemoryGroup
    from dagwright.execution.supervisor import Ended

_TERMINATION_LOG = "/dev/termination-log"
_BATCH_ATTEMPT = "AWS_BATCH_JOB_ATTEMPT"


def main(argv: list[str]) -> int:
    """Run one attempt; give its exit code."""
    if sys.version_info < (3, 9):  # noqa: UP036  # the image decides, not the package's metadata
        return complain(f"the image's Python is {sys.version.split()[0]}; the runtime needs 3.9 or newer", SYSTEM_FATAL)
    try:
        if argv[1:] == [names.VERDICT]:
            from dagwright.execution.verdict import judge_map

            return judge_map(read_assignment(argv[:1], os.environ))
        if argv[1:] == [names.CALLS]:
            from dagwright.execution.calls_to_handle import judge_calls

            return judge_calls(read_assignment(argv[:1], os.environ))
        assignment = read_assignment(argv, os.environ)
        return run(assignment, Console())
    except Fault as fault:
        return complain(fault.text, fault.code)
    except Exception as error:  # noqa: BLE001  # the process edge: an orchestrator must get one of our codes
        return complain(f"internal error: {type(error).__name__}: {error}; please report it", SYSTEM_FATAL)


def run(assignment: Assignment, console: Console, lifeline: int | None = None) -> int:
    """Supervise one attempt and leave its traces; give its exit code."""
    if assignment.memory:  # the kernel may kill all of the container at once: then nobody is left to say how much memory it had
        _leave(assignment.termination, f"{assignment.label}: the container died before the task ended {assignment.memory}\n")
    ended = supervise_attempt(assignment, console, lifeline)
    from dagwright.execution.closing import close

    code = close(assignment, ended, console).code
    if assignment.memory and code == SUCCEEDED:
        _leave(assignment.termination, "")
    return code


def _leave(path: str | None, text: str) -> None:
    """Write the pod's termination message; one that cannot be written costs an attempt after an OOM kill its memory, and nothing else."""
    if path:
        try:
            with open(path, "wb") as file:
                file.write(text.encode("utf-8", "backslashreplace"))
        except OSError as failure:
            os.write(2, f"dagwright: cannot write {path}: {failure.strerror}\n".encode("utf-8", "backslashreplace"))


def _termination(environ: Mapping[str, str]) -> str | None:
    return environ.get(names.ENV_TERMINATION) or (_TERMINATION_LOG if os.path.exists(_TERMINATION_LOG) else None)


def supervise_attempt(
    assignment: Assignment, console: Console, lifeline: int | None = None, memory: MemoryGroup | None = None
) -> Ended:
    """Run an attempt in children of this process: in one, unless it runs several elements of a map and one of them takes its process along."""
    ended = supervise(
        work_of(assignment),
        timeout_s=assignment.node.policy.timeout_s,
        console=console,
        lifeline=lifeline,
        memory=memory,
        log_folder=assignment.work,
        goes_on=lambda ended: ended.element is not None and _goes_on_after(assignment, ended),
    )
    if ended.run:
        assignment.run = ended.run
    return ended


def _goes_on_after(assignment: Assignment, ended: Ended) -> bool:
    """Note what became of the element whose process died; tell whether another process runs the rest."""
    from dagwright.execution.ending import FAILED, TIMEOUT, death_text
    from dagwright.execution.journal import Journal

    assert ended.element is not None
    journal = Journal(assignment)
    journal.add_usage(ended.usage)
    if ended.ending == TIMEOUT:
        journal.add_timeout(ended.element)
    elif ended.ending == FAILED and ended.outcome is None:
        failure = {"ending": FAILED, "text": death_text(ended.status), "inputs": ended.inputs}
        journal.add_failure(ended.element, failure)
    else:
        if ended.outcome is None:
            journal.add_death(ended.element)
        return False
    return True


def read_assignment(argv: list[str], environ: Mapping[str, str]) -> Assignment:
    """Put a pod's orders together.

    Raises:
        Fault: Something is missing or malformed.
    """
    if not 1 <= len(argv) <= 2:
        raise fatal("usage: python3 -m dagwright.execution UNIT [INDEX]")
    store_url = environ.get(names.ENV_STORE)
    run_key = environ.get(names.ENV_RUN)
    if not store_url:
        raise fatal(f"{names.ENV_STORE} is not set: the pod needs the URL of the store, such as s3://bucket/prefix")
    if not run_key:
        raise fatal(f"{names.ENV_RUN} is not set: the pod needs the key of its run")
    work = environ.get(names.ENV_WORK) or names.DEFAULT_WORK
    plan, code = find_folders(environ, store_url, work)
    index = argv[1] if len(argv) == 2 else environ.get("AWS_BATCH_JOB_ARRAY_INDEX")
    return Assignment(
        read_plan(plan),
        argv[0],
        index=_number(index, "the index"),
        hint=_hint(environ),
        run=run_key,
        store_url=store_url,
        code=tuple(code.split(os.pathsep)),
        work=work,
        inputs={key[len(names.ENV_INPUT) :]: text for key, text in environ.items() if key.startswith(names.ENV_INPUT)},
        cache=_cache(environ),
        project=environ.get(names.ENV_PROJECT),
        domain=environ.get(names.ENV_DOMAIN),
        pickle=pickle_policy(environ.get(names.ENV_PICKLE) or names.DEFAULT_PICKLE),
        termination=_termination(environ),
        memory=environ.get(names.ENV_MEMORY, ""),
        began=environ.get(names.ENV_BEGAN),
        has_rounds=names.ENV_BEGAN in environ or _BATCH_ATTEMPT not in environ,
        # Several attempts of ours in one of Batch's have numbers with gaps, and a pool's elements begin late.
        counts_attempts=not (environ.get(names.ENV_ATTEMPT) and environ.get(_BATCH_ATTEMPT)),
    )


def work_of(assignment: Assignment) -> Work:
    """Make what the child of an attempt does."""

    def work(report: Report) -> None:
        from dagwright.execution.attempt import run_attempt

        run_attempt(assignment, report)

    return work


def find_folders(environ: Mapping[str, str], store_url: str, work: str) -> tuple[str, str]:
    """Give the folders of plan and code, unpacking the bundle where none is mounted."""
    digest = environ.get(names.ENV_BUNDLE)
    plan = environ.get(names.ENV_PLAN)
    if digest and not plan:
        folder = os.path.join(work, "bundle")
        from dagwright.execution.code_bundle import fetch_apart

        fetch_apart(store_url, digest, folder)
        return folder, os.path.join(folder, "code")
    return plan or names.DEFAULT_PLAN, environ.get(names.ENV_CODE) or names.DEFAULT_CODE


def _hint(environ: Mapping[str, str]) -> int | None:
    own = environ.get(names.ENV_ATTEMPT)
    if own:
        return _number(own, names.ENV_ATTEMPT)
    batch = _number(environ.get(_BATCH_ATTEMPT), _BATCH_ATTEMPT)
    return None if batch is None else max(0, batch - 1)


def _number(text: str | None, what: str) -> int | None:
    if text is None or text == "":
        return None
    if not text.isascii() or not text.isdigit():
        raise fatal(f"{what} is {text!r}, no number from 0")
    return int(text)


def pickle_policy(text: str) -> str | tuple[str, ...]:
    """Read the policy on pickled values, as ``ENV_PICKLE`` has it, for the codec."""
    return text if text in ("warn", "deny") else tuple(text.split(","))


def _cache(environ: Mapping[str, str]) -> str:
    try:
        return cache_mode(environ.get(names.ENV_CACHE))
    except ValueError as error:
        raise fatal(str(error)) from None


def complain(text: str, code: int) -> int:
    """Say in the log, and where the orchestrator looks, why there is no attempt."""
    line = f"dagwright: {' '.join(text.split())} (exit {code})"
    os.write(2, f"{line}\n".encode("utf-8", "backslashreplace"))
    _leave(_termination(os.environ), f"{line} {os.environ.get(names.ENV_MEMORY, '')}".rstrip() + "\n")
    return code
