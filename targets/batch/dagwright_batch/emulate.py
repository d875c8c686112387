"""An executor of AWS Batch's rules on this machine: real processes instead of containers, nothing else left out that a plan can see.

Arrays and their children, ``dependsOn`` with ``N_TO_N`` and ``SEQUENTIAL``, ``evaluateOnExit`` (what no rule names is retried), timeouts that
are never retried, states of parents, the ``AWS_BATCH_*`` environment. What a container is here: ``containers``. Code reaches it through the
store or not at all.
"""

from __future__ import annotations

import os
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from dagwright.contract.names import bundle_key
from dagwright_batch.containers import Containers, End
from dagwright_batch.submit import Blobs, PlanError, submit

__all__ = ["Attempt", "Emulator", "PlanError", "Report", "run"]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dagwright_compiler.target_api import Artefact

Json = Any
Loss = tuple[str, "int | None", int]

SUCCEEDED, FAILED, PENDING, RUNNABLE, RUNNING = "SUCCEEDED", "FAILED", "PENDING", "RUNNABLE", "RUNNING"
_STOP_TIMEOUT_S = 30.0


class Attempt(NamedTuple):
    """One run of a container: ``element`` is the index in an array, ``number`` counts from 1, ``exit_code`` ``None`` when the host was lost, ``action`` what Batch did next."""

    job: str
    element: int | None
    number: int
    exit_code: int | None
    reason: str
    status_reason: str
    action: str


class Report(NamedTuple):
    """How a plan ended: state of every job by submission id (a map over nothing has none), attempts in the order of their ends."""

    jobs: dict[str, str]
    attempts: tuple[Attempt, ...]

    @property
    def succeeded(self) -> bool:
        """Whether every job did."""
        return all(state == SUCCEEDED for state in self.jobs.values())


def run(
    artefact: Artefact,
    *,
    inputs: Mapping[str, Json],
    store: Blobs,
    store_url: str,
    run: str,
    max_workers: int,
    environment: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] | None = None,
) -> Report:
    """Submit a compiled plan to an emulator of its own and wait for its end.

    Args:
        artefact: What the target made.
        inputs: The workflow's inputs as JSON data; those with a default may be absent.
        store: The opened store; takes the code bundle and long inputs.
        store_url: What the containers open.
        run: Key of the run.
        max_workers: Containers at a time.
        environment: Variables that every container gets, such as credentials of the store.
        on_line: Takes each line of the containers' output, behind the job's name.

    Raises:
        PlanError: The plan cannot be submitted.
    """
    plan = yaml.load(artefact.objects[0], Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe loaders
    store.create(bundle_key(artefact.bundle.digest), artefact.bundle.archive())
    given = {"store": store_url, "run": run, "queue": "emulated", "image": "emulated"}
    parameters = {name: value for name, value in given.items() if name in plan["parameters"]}
    emulator = Emulator(environment=environment or {}, on_line=on_line)
    ids = submit(plan, emulator, store, parameters=parameters, inputs=inputs)
    emulator.execute(max_workers)
    states = {submission: emulator.state(job) for submission, job in ids.items() if job is not None}
    return Report(states, tuple(emulator.attempts))


class _Child:
    """A plain job, or one child of an array."""

    __slots__ = ("attempts", "index", "job", "state")

    def __init__(self, job: _Job, index: int | None) -> None:
        self.job = job
        self.index = index
        self.state = PENDING
        self.attempts = 0

    @property
    def name(self) -> str:
        return self.job.name if self.index is None else f"{self.job.name}:{self.index}"


class _Job:
    __slots__ = ("children", "definition", "id", "name", "request", "size")

    def __init__(self, job_id: str, request: Mapping[str, Json], definition: Mapping[str, Json]) -> None:
        self.id = job_id
        self.name: str = request["jobName"]
        self.request = request
        self.definition = definition
        self.size: int | None = request.get("arrayProperties", {}).get("size")
        self.children = [_Child(self, None)] if self.size is None else [_Child(self, index) for index in range(self.size)]

    @property
    def state(self) -> str:
        """A parent fails once all its children have ended and one has failed; until then it waits for them."""
        states = {child.state for child in self.children}
        if len(states) == 1:
            return states.pop()
        return FAILED if states == {SUCCEEDED, FAILED} else PENDING


class Emulator:
    """A job queue with the three calls of the API that a submitter makes, and ``execute``."""

    def __init__(
        self,
        *,
        environment: Mapping[str, str],
        on_line: Callable[[str], None] | None = None,
        lost: frozenset[Loss] = frozenset(),
        stop_timeout_s: float = _STOP_TIMEOUT_S,
    ) -> None:
        """Make an empty queue.

        Args:
            environment: Variables that every container gets.
            on_line: Takes each line of output.
            lost: Attempts (job name, index, number from 1) whose host disappears.
            stop_timeout_s: From a timeout's SIGTERM to its SIGKILL.
        """
        self.attempts: list[Attempt] = []
        self._containers = Containers(environment=environment, on_line=on_line, stop_timeout_s=stop_timeout_s)
        self._lost = lost
        self._definitions: dict[str, Mapping[str, Json]] = {}
        self._jobs: dict[str, _Job] = {}

    def describe_job_definitions(self, **request: Json) -> Mapping[str, Json]:
        """Find a definition by its name."""
        found = [{"jobDefinitionArn": name} for name in self._definitions if name == request["jobDefinitionName"]]
        return {"jobDefinitions": found}

    def register_job_definition(self, **request: Json) -> Mapping[str, Json]:
        """Keep a definition; its name serves as ARN."""
        self._definitions[request["jobDefinitionName"]] = request
        return {"jobDefinitionArn": request["jobDefinitionName"]}

    def submit_job(self, **request: Json) -> Mapping[str, Json]:
        """Queue a job."""
        job_id = f"job-{len(self._jobs) + 1}"
        self._jobs[job_id] = _Job(job_id, request, self._definitions[request["jobDefinition"]])
        return {"jobId": job_id}

    def state(self, job_id: str) -> str:
        """State of a job."""
        return self._jobs[job_id].state

    def execute(self, max_workers: int) -> None:
        """Run everything that can run; returns when every job has ended."""
        running: dict[Future[End], _Child] = {}
        with ThreadPoolExecutor(max_workers) as pool:
            try:
                while True:
                    for child in self._startable():
                        child.state = RUNNING
                        child.attempts += 1
                        running[pool.submit(self._attempt, child)] = child
                    if not running:
                        return
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in sorted(done, key=lambda future: running[future].name):
                        self._finish(running.pop(future), future.result())
            except BaseException:
                for future in running:
                    future.cancel()
                self._containers.stop()
                raise

    def _startable(self) -> Iterator[_Child]:
        """Children whose dependencies have succeeded; those with a failed one fail without a run."""
        for job in self._jobs.values():
            if job.state in (SUCCEEDED, FAILED):
                continue
            for child in job.children:
                if child.state == PENDING:
                    states = {self._dependency_state(dependency, child) for dependency in job.request.get("dependsOn", ())}
                    if FAILED in states:
                        child.state = FAILED
                    elif states <= {SUCCEEDED}:
                        child.state = RUNNABLE
                if child.state == RUNNABLE:
                    yield child

    def _dependency_state(self, dependency: Mapping[str, str], child: _Child) -> str:
        if dependency.get("type") == "SEQUENTIAL":
            return SUCCEEDED if not child.index else child.job.children[child.index - 1].state
        earlier = self._jobs[dependency["jobId"]]
        if dependency.get("type") == "N_TO_N" and child.index is not None:
            return earlier.children[child.index].state
        return earlier.state

    def _finish(self, child: _Child, end: End) -> None:
        strategy = child.job.definition.get("retryStrategy", {})
        if end.exit_code == 0 and not end.timed_out:
            child.state = action = SUCCEEDED
        else:
            action = "EXIT" if end.timed_out or child.attempts >= strategy.get("attempts", 1) else _evaluate(strategy, end)
            child.state = RUNNABLE if action == "RETRY" else FAILED
        self.attempts.append(
            Attempt(child.job.name, child.index, child.attempts, end.exit_code, end.reason, end.status_reason, action)
        )

    def _attempt(self, child: _Child) -> End:
        job = child.job
        return self._containers.run(
            child.name,
            _command(job),
            _variables(child),
            timeout_s=job.definition.get("timeout", {}).get("attemptDurationSeconds"),
            is_lost=(job.name, child.index, child.attempts) in self._lost,
        )


def _variables(child: _Child) -> dict[str, str]:
    """The environment: definition, then overrides, then Batch's own."""
    job = child.job
    variables: dict[str, str] = {}
    for source in (job.definition["containerProperties"], job.request.get("containerOverrides", {})):
        # This machine's environment stands for the store of secrets.
        names = (item["name"] for item in source.get("secrets", ()))
        variables.update((name, os.environ[name]) for name in names if name in os.environ)
        variables.update((item["name"], item["value"]) for item in source.get("environment", ()))
    variables["AWS_BATCH_JOB_ID"] = job.id if child.index is None else f"{job.id}:{child.index}"
    variables["AWS_BATCH_JOB_ATTEMPT"] = str(child.attempts)
    variables["AWS_BATCH_JQ_NAME"] = job.request["jobQueue"]
    variables["AWS_BATCH_CE_NAME"] = "emulated"
    if child.index is not None:
        variables["AWS_BATCH_JOB_ARRAY_INDEX"] = str(child.index)
        variables["AWS_BATCH_JOB_ARRAY_SIZE"] = str(job.size)
    return variables


def _command(job: _Job) -> list[str]:
    """The container's argument vector, ``Ref::`` filled in."""
    parameters = {**job.definition.get("parameters", {}), **job.request.get("parameters", {})}
    overrides = job.request.get("containerOverrides", {})
    command = overrides.get("command") or job.definition["containerProperties"]["command"]
    return [parameters[word.removeprefix("Ref::")] if word.startswith("Ref::") else word for word in command]


def _evaluate(strategy: Mapping[str, Json], end: End) -> str:
    """The first rule whose patterns all match; Batch retries what no rule names."""
    seen = {
        "onStatusReason": end.status_reason,
        "onReason": end.reason,
        "onExitCode": "" if end.exit_code is None else str(end.exit_code),
    }
    for rule in strategy.get("evaluateOnExit", ()):
        if all(_matches(pattern, seen[field]) for field, pattern in rule.items() if field != "action"):
            action: str = rule["action"].upper()
            return action
    return "RETRY"


def _matches(pattern: str, text: str) -> bool:
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern
