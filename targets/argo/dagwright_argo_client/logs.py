"""Lines of pods' logs under the names that users know: a node's, with the element's index in a map. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from dagwright.contract.exits import FINAL, RETRYABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright_argo_client.runs import Run
    from dagwright_argo_client.transport import LogLine


_EXECUTORS = re.compile(
    r'time="?[^ "]+"? level=\w+ msg=.* argo=true( |$)' rf"|Error: exit status ({'|'.join(map(str, sorted(RETRYABLE | FINAL)))})$"
)
"""What Argo's executor says in the user's container, before, after and beside the task; no task's process ends with codes of ours."""


class PodLabel(msgspec.Struct, frozen=True):
    """Whose pod it is."""

    node: str
    index: int | None

    def __str__(self) -> str:
        """As users write it."""
        return self.node if self.index is None else f"{self.node}[{self.index}]"


def labels_of(run: Run) -> dict[str, PodLabel]:
    """Labels of all pods by the hash that ends their names, which is the end of Argo's id of the node too."""
    return {
        attempt.pod.rpartition("-")[2]: PodLabel(node.id, part.index)
        for node in run.nodes
        for part in (*node.parts, *([node.verdict] if node.verdict else ()))
        for attempt in part.attempts
    }


def label_of(line: LogLine, labels: Mapping[str, PodLabel]) -> PodLabel | None:
    """Whose line it is; ``None`` where the run does not know the pod."""
    return labels.get(line.pod.rpartition("-")[2])


def written(line: LogLine, labels: Mapping[str, PodLabel], node: str | None, index: int | None) -> str | None:
    """Write a line; ``None`` where it is Argo's own, or not of the node that is asked for."""
    if _EXECUTORS.match(line.text):
        return None
    label = label_of(line, labels)
    if node is not None and (label is None or label.node != node or index not in (None, label.index)):
        return None
    return f"{label or line.pod} | {line.text}"
