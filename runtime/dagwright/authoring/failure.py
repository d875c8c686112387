"""What a handler of failures is told. A dataclass, and so in a module that only such handlers import."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class RunFailure:
    """Why a run failed: the input ``err`` of what a workflow names as its ``on_failure``. flytekit's name for it is ``FlyteError``.

    ``message`` tells of the first call that failed for good, in the order of the source, and names the others.
    """

    message: str
    failed_node_id: str
