"""When Argo tries a pod again, and how often: the one counter that all budgets share.

Which budget an attempt was paid from, its exit code and its record say (``docs/attempts.md``): here stands their sum, and what is final.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright.contract.exits import ORCHESTRATOR_RETRYABLE
from dagwright_argo import model
from dagwright_argo.memory_steps import MAY_GROW

if TYPE_CHECKING:
    from dagwright_argo.memory_steps import MemorySteps

_KILLED_FOR_MEMORY = "lastRetry.message matches '^(main: )?OOMKilled'"
"""Only at the beginning: behind ``main: Error (exit code 75):`` stands the user's text, which may hold any word."""
_PAST_DEADLINE = "lastRetry.message matches '^[^:]*specified deadline'"
"""The kubelet's sentence, which has no colon."""
_FINAL = {False: f"!({_KILLED_FOR_MEMORY})", True: f"(!({_KILLED_FOR_MEMORY}) || {MAY_GROW})"}
_BACKOFF = model.Backoff(duration="10s", factor=2, cap="5m")


def retry_strategy(retries: int, system_retries: int, steps: MemorySteps | None) -> model.RetryStrategy:
    """Describe the attempts of a pod: the user's, the system's, and those with more memory."""
    return model.RetryStrategy(
        limit=retries + system_retries + (steps.count - 1 if steps else 0),
        retry_policy="Always",
        expression=_expression(grows=steps is not None),
        backoff=_BACKOFF,
    )


def _expression(*, grows: bool) -> str:
    return (
        "lastRetry.status == 'Error' || "
        f"(asInt(lastRetry.exitCode) in [{', '.join(map(str, ORCHESTRATOR_RETRYABLE))}]"
        f" && {_FINAL[grows]}"
        f" && !({_PAST_DEADLINE}))"
    )
