"""What this package needs of Argo Server, as a small protocol: JSON objects in and out.

``argo_server`` is the implementation; another one could speak to Kubernetes itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

Json = Any
"""Data of the Kubernetes API; ``Any`` only because JSON is untyped."""
Object = Mapping[str, Json]
"""One object of the API, as JSON has it."""


class LogLine(msgspec.Struct, frozen=True):
    """One line of a pod's log."""

    pod: str
    text: str


class PodWarning(msgspec.Struct, frozen=True):
    """What the cluster complains of about a pod: ``FailedMount`` and why."""

    reason: str
    text: str


ANSWER_S = 60.0
"""How long an answer, or the next event of a stream, may take: proxies cut idle streams after about a minute anyway."""


class Server(Protocol):
    """The calls of Argo Server that the life of a run takes. Every method raises ``refusals.Refused``."""

    url: str

    def create(self, namespace: str, workflow: Object) -> Object:
        """Create a workflow that has a name. Never sent twice: whoever calls decides what a lost answer means."""
        ...

    def get(self, namespace: str, name: str) -> Object:
        """Read one workflow, its nodes included."""
        ...

    def list(self, namespace: str, *, selector: str, fields: str, limit: int) -> list[Object]:
        """Read the newest workflows that a selector of labels finds, of each only some fields (``metadata,status.phase``)."""
        ...

    def watch(self, namespace: str, name: str, *, patience_s: float = ANSWER_S) -> AbstractContextManager[Iterator[Object]]:
        """Follow one workflow: the object after each change, until the stream ends, is cut, or is silent for ``patience_s``."""
        ...

    def logs(
        self, namespace: str, name: str, *, pod: str, follow: bool, patience_s: float = ANSWER_S
    ) -> AbstractContextManager[Iterator[LogLine]]:
        """Read what the main containers of a workflow, or of one of its pods, printed."""
        ...

    def warnings(self, namespace: str, pod: str) -> tuple[PodWarning, ...]:
        """Read what the cluster has complained of about a pod so far, oldest first."""
        ...

    def retry(self, namespace: str, name: str, *, anew: str = "") -> Object:
        """Have what failed run again, under the same uid, and with it the nodes that the selector ``anew`` finds, and what follows them."""
        ...

    def resume(self, namespace: str, name: str, *, node: str) -> Object:
        """Let the one node of a workflow that waits, by Argo's id of it, come to its success."""
        ...

    def fail(self, namespace: str, name: str, *, node: str, message: str) -> Object:
        """Let the one node of a workflow that waits, by Argo's id of it, fail."""
        ...

    def stop(self, namespace: str, name: str, *, message: str) -> Object:
        """Have a workflow end: nothing new starts, what runs is terminated, exit handlers run."""
        ...

    def terminate(self, namespace: str, name: str) -> Object:
        """Have a workflow end at once, without exit handlers."""
        ...

    def template(self, namespace: str, name: str) -> Object | None:
        """Read a WorkflowTemplate; ``None`` where there is none of that name."""
        ...
