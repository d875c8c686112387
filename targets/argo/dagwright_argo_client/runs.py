"""A run as its user knows it: nodes of the workflow with their attempts, read from Argo's nodes.

Input: a Workflow object. Output: frozen values. Pure. What Argo calls a node (a pod, a retry, a loop, a DAG) is called a state here, a node is
the user's.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from dagwright.contract.exits import CANCELLED as CANCELLED_CODE
from dagwright.contract.exits import FINAL
from dagwright.contract.names import CALLS, VERDICT
from dagwright_argo.dags import COUNT
from dagwright_argo.gates import SUPPLIED
from dagwright_argo.pods import INDEX, UNIT
from dagwright_compiler.ir.program import Waiting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dagwright_argo_client.transport import Json, Object

WAITING = "waiting"
"""What it waits for has not ended."""
PENDING = "pending"
"""Its pod is made, and runs nothing yet."""
ASKING = "asking"
"""It waits for a person."""
RUNNING = "running"
RETRYING = "retrying"
"""An attempt failed, and the next one is to come, or runs."""
SUCCEEDED = "succeeded"
FAILED = "failed"
SKIPPED = "skipped"
"""It is not to run: nothing to do, or what it waits for failed."""

STOPPED = "stopped"
"""The run was ended before it was done."""

CANCELLED = "cancelled"
"""Another node had failed for good."""

ENDED = (SUCCEEDED, FAILED, SKIPPED, STOPPED, CANCELLED)
DENIED = "denied"
"""How our message begins at a gate that a person has denied."""
NO_ANSWER = "does not have a default value"
"""What Argo says, among other words, of a gate whose time is over."""
_SHUTDOWN = "workflow shutdown with strategy"
"""What Argo says of a pod that it ended because the whole run was to end."""
_PHASES = {
    "": WAITING,
    "Pending": PENDING,
    "Running": RUNNING,
    "Succeeded": SUCCEEDED,
    "Skipped": SKIPPED,
    "Failed": FAILED,
    "Error": FAILED,
    "Omitted": SKIPPED,
    "Daemoned": RUNNING,
}
_LONGEST_PREFIX = 242
"""Of a pod's name, before the hash."""
_ORDINAL = re.compile(r"\((\d+)\)$")
_EXIT_IN_MESSAGE = re.compile(r"\(exit code (-?\d+)\)(?:: )?")


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One pod: ``exit_code`` and ``message`` are empty where nothing is known; times are seconds since the epoch, 0 for none.

    ``pod`` is Argo's id of its node, ``pod_name`` the Kubernetes object's.
    """

    pod: str
    pod_name: str = ""
    phase: str
    started: float = 0.0
    finished: float = 0.0
    exit_code: int | None = None
    message: str = ""
    host: str = ""

    @property
    def text(self) -> str:
        """What the attempt itself said in the end, without the engine's words before it."""
        return _EXIT_IN_MESSAGE.split(self.message, 1)[-1] if _EXIT_IN_MESSAGE.search(self.message) else self.message


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What is tried as one: a node, or one pod of a map (``index``), with its attempts, oldest first."""

    index: int | None
    state: str
    attempts: tuple[Attempt, ...]
    message: str = ""


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    """A gate as Argo has it: ``id`` is Argo's, empty before the run comes to it; ``limit`` is how long it waits, as Argo spells that."""

    gate: Waiting
    limit: str
    id: str = ""
    started: float = 0.0
    finished: float = 0.0
    message: str = ""


class RunNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node of the workflow: ``parts`` is one, or for a map one a pod; ``count`` is the number of pods of a map, once it is known.

    A gate has no pods but a ``pause``; ``answer`` is the command that a person types who is asked. ``handles`` tells of a node that runs because
    the run has failed.
    """

    id: str
    state: str
    is_map: bool
    parts: tuple[Part, ...] = ()
    count: int | None = None
    verdict: Part | None = None
    pause: Pause | None = None
    answer: str = ""
    handles: bool = False

    @property
    def started(self) -> float:
        """When its first pod started, or its wait; 0 before."""
        if self.pause is not None:
            return self.pause.started
        return min((attempt.started for part in self.parts for attempt in part.attempts if attempt.started), default=0.0)

    @property
    def finished(self) -> float:
        """When its last pod ended, or its wait; 0 before."""
        if self.pause is not None:
            return self.pause.finished if self.state in ENDED else 0.0
        ends = [attempt.finished for part in self.parts for attempt in part.attempts]
        return max(ends, default=0.0) if self.state in ENDED and all(ends) else 0.0

    def parts_in(self, state: str) -> list[Part]:
        """Those of its parts that are in a state."""
        return [part for part in self.parts if part.state == state]


class Run:
    """One run, from its Workflow object."""

    def __init__(self, workflow: Object, words: Mapping[str, str] | None = None) -> None:
        """Take the object; it is read when asked. ``words`` say why pods do not start, by their names, where the object does not."""
        self.object = workflow
        self.words: Mapping[str, str] = words or {}
        self._metadata: Object = workflow["metadata"]
        self._status: Object = workflow.get("status") or {}
        self._spec: Object = workflow.get("spec") or {}

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self._metadata["name"])

    @property
    def namespace(self) -> str:
        """Where it is."""
        return str(self._metadata.get("namespace", ""))

    @property
    def key(self) -> str:
        """What the store knows it by: its uid, or the run whose finished nodes it reuses."""
        return self.parameters.get("dagwright-run") or str(self._metadata["uid"])

    @property
    def workflow(self) -> str:
        """The workflow's name: the function's, with its module where the object tells."""
        annotations = self._metadata.get("annotations") or {}
        labels = self._metadata.get("labels") or {}
        reference = (self._spec.get("workflowTemplateRef") or {}).get("name", "")
        return str(annotations.get("dagwright/entry") or labels.get("dagwright/workflow") or reference)

    @property
    def phase(self) -> str:
        """Argo's word: empty, Pending, Running, Succeeded, Failed, Error."""
        return str(self._status.get("phase") or "")

    @property
    def message(self) -> str:
        """What the controller says about the whole."""
        return str(self._status.get("message") or "")

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.phase in ("Succeeded", "Failed", "Error")

    @property
    def has_succeeded(self) -> bool:
        """Whether it has its outputs."""
        return self.phase == "Succeeded"

    @property
    def was_stopped(self) -> bool:
        """Whether somebody ended it before it was done."""
        return self.has_ended and bool(self._spec.get("shutdown"))

    @property
    def was_retried(self) -> bool:
        """Whether somebody had it start again: it has no phase then, for a moment, and what it did before."""
        return bool(self._status.get("nodes")) and not self.phase

    @property
    def created(self) -> float:
        """When it was submitted."""
        return _time(self._metadata.get("creationTimestamp"))

    @property
    def started(self) -> float:
        """When the controller took it up; 0 before."""
        return _time(self._status.get("startedAt"))

    @property
    def finished(self) -> float:
        """When it ended; 0 before."""
        return _time(self._status.get("finishedAt"))

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Texts of its parameters, the template's defaults among them."""
        return {item["name"]: str(item.get("value", "")) for item in self._arguments()}

    def _arguments(self) -> Iterator[Object]:
        stored = self._status.get("storedWorkflowTemplateSpec") or {}
        for spec in (stored, self._spec):
            yield from (spec.get("arguments") or {}).get("parameters") or ()

    @cached_property
    def spec(self) -> Object:
        """What runs: its own spec, or that of the template that it refers to."""
        stored: Object = self._status.get("storedWorkflowTemplateSpec") or {}
        return self._spec if self._spec.get("templates") else stored

    @cached_property
    def nodes(self) -> tuple[RunNode, ...]:
        """All nodes, in the order of the source."""
        return tuple(_Reading(self, self._status, self.words).nodes())

    def node(self, name: str) -> RunNode | None:
        """The node of an id."""
        return next((node for node in self.nodes if node.id == name), None)

    @property
    def failed(self) -> list[RunNode]:
        """Nodes that failed, the first one to do so first."""
        return sorted((node for node in self.nodes if node.state == FAILED), key=lambda node: node.finished or float("inf"))


class _Reading:
    """One look at the states of a Workflow."""

    def __init__(self, run: Run, status: Object, words: Mapping[str, str]) -> None:
        self._run_name = run.name
        self._spec = run.spec
        self._is_over = run.has_ended
        self._is_stopped = run.was_stopped
        self._is_successful = run.has_succeeded
        self._words = words
        self._states: Mapping[str, Object] = status.get("nodes") or {}
        self._by_name = {state.get("name", ""): state for state in self._states.values()}
        self._pods: dict[tuple[str, str], list[Object]] = {}
        self._others: dict[str, list[Object]] = {}
        self._waits: dict[str, Object] = {}
        for state in self._states.values():
            parameters = _parameters(state)
            if parameters.get(INDEX) == CALLS:  # it asks about calls, and lends its unit's name
                continue
            if state.get("type") == "Pod" and UNIT in parameters:
                self._pods.setdefault((parameters[UNIT], parameters.get(INDEX, "")), []).append(state)
            elif state.get("type") == "Suspend" and UNIT in parameters:
                self._waits[parameters[UNIT]] = state
            elif state.get("type") in ("Skipped", "DAG", "TaskGroup", "Retry"):
                self._others.setdefault(parameters.get(UNIT) or state.get("displayName", ""), []).append(state)

    def nodes(self) -> Iterator[RunNode]:
        for unit, template in self._units(self._spec.get("entrypoint", "")).items():
            yield self._node(unit, template)
        if self._is_handled():
            for unit, template in self._units(self._spec["onExit"]).items():
                yield msgspec.structs.replace(self._node(unit, template), handles=True)

    def _node(self, unit: str, template: Object) -> RunNode:
        if "suspend" in template:
            return self._gate(unit, template)
        return self._map(unit) if "dag" in template else self._single(unit)

    def _settled(self, state: str) -> str:
        """Where the run is over, what has not ended never will: Argo leaves the states of what it ended as they were."""
        if not self._is_over or state in ENDED:
            return state
        return SKIPPED if state == WAITING else STOPPED

    def _units(self, start: str) -> dict[str, Object]:
        """Units below a template, in the order of the templates, and the template of each: maps have a DAG, gates a wait."""
        templates = {template["name"]: template for template in self._spec.get("templates") or ()}
        found: dict[str, Object] = {}

        def walk(name: str) -> None:
            for task in _called_in(templates.get(name) or {}):
                called = templates.get(task.get("template", "")) or {}
                unit = _parameters({"inputs": task.get("arguments")}).get(UNIT)
                if unit is not None:
                    found[unit] = called
                elif "dag" in called or "steps" in called:
                    walk(called["name"])

        walk(start)
        return found

    def _is_handled(self) -> bool:
        """Whether what handles a failure has begun: nothing is said of it where a run goes well."""
        return bool(self._spec.get("onExit")) and f"{self._run_name}.onExit" in self._by_name and not self._is_successful

    def _gate(self, unit: str, template: Object) -> RunNode:
        gate, limit = _gate_of(template), str((template["suspend"] or {}).get("duration", ""))
        state = self._waits.get(unit)
        if state is None:
            pause = Pause(gate=gate, limit=limit)
            return RunNode(id=unit, state=self._settled(self._state_of_others(unit)), is_map=False, pause=pause)
        message = str(state.get("message") or "")
        phase = _PHASES.get(state.get("phase", ""), RUNNING)
        if phase == RUNNING and gate != "sleep":
            phase = ASKING
        if phase == FAILED and self._is_stopped and not message.startswith(DENIED) and NO_ANSWER not in message:
            phase = STOPPED
        pause = Pause(
            gate=gate,
            limit=limit,
            id=str(state.get("id", "")),
            started=_time(state.get("startedAt")),
            finished=_time(state.get("finishedAt")),
            message=message,
        )
        return RunNode(
            id=unit, state=self._settled(phase), is_map=False, pause=pause, answer=answer_to(self._run_name, unit, gate)
        )

    def _single(self, unit: str) -> RunNode:
        part = self._part(None, self._pods.get((unit, ""), ()))
        state = self._settled(part.state if part.attempts else self._state_of_others(unit))
        return RunNode(id=unit, state=state, is_map=False, parts=(part,) if part.attempts else ())

    def _map(self, unit: str) -> RunNode:
        indices = sorted(int(key[1]) for key in self._pods if key[0] == unit and key[1].isdigit())
        parts = tuple(self._part(index, self._pods[unit, str(index)]) for index in indices)
        verdict = self._pods.get((unit, VERDICT))
        loop = next((state for state in self._others.get(unit, ()) if state.get("type") == "DAG"), None)
        count = _parameters(loop).get(COUNT, "") if loop is not None else ""
        state = self._state_of_others(unit) if loop is None else _PHASES.get(loop.get("phase", ""), RUNNING)
        if state == RUNNING and parts:
            states = {part.state for part in parts}
            state = next((each for each in (RUNNING, RETRYING, PENDING) if each in states), RUNNING)
        states = {part.state for part in parts}
        if state == FAILED and FAILED not in states and not (verdict is not None and self._part(None, verdict).state == FAILED):
            state = next((each for each in (STOPPED, CANCELLED) if each in states), FAILED)
        return RunNode(
            id=unit,
            state=self._settled(state),
            is_map=True,
            parts=parts,
            count=int(count) if count.isdigit() else None,
            verdict=None if verdict is None else self._part(None, verdict),
        )

    def _state_of_others(self, unit: str) -> str:
        phases = [_PHASES.get(state.get("phase", ""), RUNNING) for state in self._others.get(unit, ())]
        return next((phase for phase in (FAILED, SKIPPED, RUNNING, PENDING) if phase in phases), WAITING)

    def _part(self, index: int | None, pods: Sequence[Object]) -> Part:
        ordered = sorted(pods, key=lambda state: (_ordinal(state), state.get("startedAt") or ""))
        attempts = tuple(self._attempt(state) for state in ordered)
        if not ordered:
            return Part(index=index, state=WAITING, attempts=())
        last = ordered[-1]
        around = self._by_name.get(_ORDINAL.sub("", last.get("name", "")))
        phase = _PHASES.get(last.get("phase", ""), RUNNING)
        message = attempts[-1].message
        if around is not None and around.get("type") == "Retry":
            whole = _PHASES.get(around.get("phase", ""), RUNNING)
            if whole in ENDED:
                phase = whole
            elif (phase == FAILED and attempts[-1].exit_code not in FINAL) or (len(ordered) > 1 and phase in (PENDING, RUNNING)):
                phase = RETRYING
        if phase in (FAILED, RETRYING) and message.startswith(_SHUTDOWN):
            phase = STOPPED
        if phase == FAILED and attempts[-1].exit_code == CANCELLED_CODE:
            phase = CANCELLED
        return Part(index=index, state=self._settled(phase), attempts=attempts, message=message)

    def _attempt(self, state: Object) -> Attempt:
        message = str(state.get("message") or "")
        told = (state.get("outputs") or {}).get("exitCode") or ""
        found = _EXIT_IN_MESSAGE.search(message)
        code = told or (found[1] if found and state.get("phase") in ("Failed", "Error") else "")
        name = _pod_name(self._run_name, state)
        phase = _PHASES.get(state.get("phase", ""), RUNNING)
        return Attempt(
            pod=str(state.get("id", "")),
            pod_name=name,
            phase=phase,
            started=_time(state.get("startedAt")),
            finished=_time(state.get("finishedAt")),
            exit_code=int(code) if code.lstrip("-").isdigit() else None,
            message=self._words.get(name, message) if phase == PENDING else message,
            host=str(state.get("hostNodeName") or ""),
        )


def _called_in(template: Object) -> list[Object]:
    """What a DAG, or the steps of a template, call."""
    steps = [step for group in template.get("steps") or () for step in group]
    return [*((template.get("dag") or {}).get("tasks") or ()), *steps]


def _pod_name(run: str, state: Object) -> str:
    """What Argo calls the pod of a state: the run, the template and the hash that ends the state's id."""
    return f"{run}-{state.get('templateName', '')}"[:_LONGEST_PREFIX] + f"-{str(state.get('id', '')).rpartition('-')[2]}"


def answer_to(run: str, node: str, gate: Waiting) -> str:
    """The command that lets a run get on that waits for a person; empty where it waits for time."""
    return "" if gate == "sleep" else f"dagwright approve {run} {node}{' --set VALUE' if gate == 'input' else ''}"


def _gate_of(template: Object) -> Waiting:
    """What a gate waits for: its template's output says what has to be supplied."""
    supplied = {item["name"] for item in (template.get("outputs") or {}).get("parameters") or ()}
    return "approve" if SUPPLIED["approve"] in supplied else "input" if SUPPLIED["input"] in supplied else "sleep"


def _ordinal(state: Object) -> int:
    found = _ORDINAL.search(str(state.get("name", "")))
    return int(found[1]) if found else 0


def _parameters(state: Object) -> dict[str, str]:
    items: Json = (state.get("inputs") or {}).get("parameters") or ()
    return {item["name"]: str(item.get("value", "")) for item in items}


def _time(text: Any) -> float:
    if not text:
        return 0.0
    return datetime.fromisoformat(str(text)).timestamp()
