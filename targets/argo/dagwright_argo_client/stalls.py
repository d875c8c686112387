"""Why a run does not get on: pods that do not start, and runs that no controller takes up. None of Argo's deadlines ends either.

Input: a run, and the server for what the cluster says of its pods. Output: the same run with those words, and texts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dagwright_argo_client.manifests import mounted_config_maps
from dagwright_argo_client.refusals import Refused
from dagwright_argo_client.runs import ASKING, PENDING, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_argo_client.runs import Attempt, RunNode
    from dagwright_argo_client.transport import PodWarning, Server

SLOW_START_S = 30.0
"""From which on it is worth a word that nothing starts."""
ASKED_AFTER_S = 10.0
"""From which on the cluster is asked about a pod that says nothing itself."""
_MOST_PODS = 2
"""Of a run, that are asked about: what keeps one from starting mostly keeps all."""
_SILENT = ("", "PodInitializing", "ContainerCreating")
"""What a pod says of itself where it tells nothing: a volume that cannot be mounted shows in its events alone."""
_ABSENT_CODE = re.compile(r'configmap "(?P<name>[^"]+)" not found')
_LONGEST = 200


def is_silent(attempt: Attempt) -> bool:
    """Whether a pod has not started and does not say why."""
    return attempt.phase == PENDING and attempt.message in _SILENT


def explained(run: Run, server: Server, namespace: str, now: float) -> Run:
    """Give the run with what the cluster says of pods that have not started for a while and do not say why.

    Who may not watch events gets the run as it is.
    """
    silent = [attempt for attempt in _pending(run) if is_silent(attempt) and now - attempt.started > ASKED_AFTER_S]
    words = {}
    code = mounted_config_maps(run.spec, "dagwright-")
    for attempt in silent[:_MOST_PODS]:
        try:
            told = _told(server.warnings(namespace, attempt.pod_name), code)
        except Refused:
            return run
        if told:
            words[attempt.pod_name] = told
    return Run(run.object, words) if words else run


def _pending(run: Run) -> Iterator[Attempt]:
    for node in run.nodes:
        for part in node.parts:
            if part.attempts and part.attempts[-1].phase == PENDING and part.attempts[-1].started:
                yield part.attempts[-1]


def _told(warnings: tuple[PodWarning, ...], code: tuple[str, ...]) -> str:
    """The newest complaint that keeps a pod from starting."""
    for warning in reversed(warnings):
        if warning.reason.startswith("Failed") or warning.reason == "BackOff":
            absent = _ABSENT_CODE.search(warning.text)
            if absent and absent["name"] in code:
                return (
                    f"the ConfigMap {absent['name']} with its code is not there; "
                    "apply the output of `dagwright compile` for the same source, and it starts"
                )
            return f"{warning.reason}: {warning.text}"
    return ""


def pending_reason(node: RunNode, now: float) -> str:
    """Why a pod of a node does not start, once that takes long."""
    for part in node.parts:
        last = part.attempts[-1] if part.attempts else None
        if last is not None and last.phase == PENDING and last.started and now - last.started > SLOW_START_S:
            return reason_of(last)
    return ""


def reason_of(last: Attempt) -> str:
    """What is known of why a pod does not start."""
    reason = _clipped(" ".join(last.message.split()))
    return "its pod does not start; `kubectl describe pod` tells why" if is_silent(last) else reason


def _clipped(text: str) -> str:
    """Cut a long reason in its midst: container runtimes say in the end what is wrong."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST // 2]} ... {text[-_LONGEST // 2 :]}"


def unclaimed(run: Run, now: float) -> str:
    """Why a run has no state at all, once that takes long; empty where it has one."""
    if run.phase or run.was_retried or not run.created or now - run.created <= SLOW_START_S:
        return ""
    live = [name for name, text in run.parameters.items() if "{{" in text]
    if live:
        names = ", ".join(live)
        return (
            f"no controller takes it up: the value of {names} holds {{{{, which Argo expands and cannot; "
            f"`kubectl delete workflow {run.name}` removes it, and `dagwright submit` writes such values safely"
        )
    return f"no controller takes it up: none is up that watches {run.namespace}, or it is busy, or serves another instance id"


def stalls_of(run: Run, now: float) -> list[str]:
    """Everything that has kept a run from getting on for long, and everybody who is asked, a text each."""
    found = [f"{node.id}: {reason}" for node in run.nodes if (reason := pending_reason(node, now))]
    found += _asked(run)
    doubt = unclaimed(run, now)
    return [doubt, *found] if doubt else found


def _asked(run: Run) -> list[str]:
    """Where a run waits for people, and what they type."""
    return [f"for an answer at {node.id}: {node.answer}" for node in run.nodes if node.state == ASKING]


def reasons_of(run: Run) -> list[str]:
    """What has not started at this moment, however short it waits, a text each."""
    found = []
    for node in run.nodes:
        last = next((part.attempts[-1] for part in node.parts if part.attempts and part.attempts[-1].phase == PENDING), None)
        if last is not None:
            found.append(f"{node.id}: {reason_of(last)}")
    found += _asked(run)
    return found if run.phase else [unclaimed(run, float("inf"))]
