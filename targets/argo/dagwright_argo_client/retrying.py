"""Has a run start again, at a moment at which Argo can.

Argo Server's retry deletes the pods of what failed and changes the run at once; its controller then makes pods of the same names. Where the old
one still ends, the controller takes it for the new one and, seen on 4.0, waits for it without end. So a run that was stopped is started again when
its pods have ended.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from dagwright.contract.names import TERMINATION_GRACE_POD_S
from dagwright_argo_client.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from dagwright_argo_client.kubernetes import Kubectl
    from dagwright_argo_client.runs import Run
    from dagwright_argo_client.transport import Server

_TRIES = 4
_PAUSE_S = 0.5
_LOOK_S = 1.0
_GRACE_S = TERMINATION_GRACE_POD_S + 5.0
"""After which Kubernetes has ended every pod of a run that was stopped."""


def await_pods(
    run: Run,
    kubectl: Kubectl | None,
    *,
    tell: Callable[[str], object],
    clock: Callable[[], float] = time.time,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Wait until the pods of a run that was stopped have ended: as ``kubectl`` sees it, else for as long as their grace lasts."""
    if not run.was_stopped:
        return
    has_told = False
    while clock() < run.finished + _GRACE_S:
        try:
            if kubectl is not None and not _is_ending(kubectl, run):
                return
        except Refused:
            kubectl = None  # who may not look at pods waits for the clock
        if not has_told:
            tell(f"{run.name} was stopped just now, and goes on when its pods have ended")
            has_told = True
        pause(_LOOK_S)


def _is_ending(kubectl: Kubectl, run: Run) -> bool:
    pods = kubectl.read("pod", selector=f"workflows.argoproj.io/workflow={run.name}")["items"]
    return any((pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed") for pod in pods)


def retry(server: Server, namespace: str, name: str, anew: str = "", *, pause: Callable[[float], None] = time.sleep) -> None:
    """Ask for the retry (``anew`` as ``transport.Server.retry`` has it), once more where somebody changed the run at that moment: a controller tidies up behind a run that has ended.

    Raises:
        Refused: The server refuses.
    """
    for attempt in range(_TRIES):
        try:
            server.retry(namespace, name, anew=anew)
        except Refused as refused:
            if not _is_conflict(refused) or attempt == _TRIES - 1:
                raise
            pause(_PAUSE_S)
        else:
            return


def _is_conflict(refused: Refused) -> bool:
    """Whether nothing was done, for want of the latest version of the object; Argo Server has several statuses for that."""
    return refused.status == 409 or "the object has been modified" in refused.text
