"""Exit codes of an attempt: the only word an orchestrator hears from it.

Codes 72 to 75 may be tried again, 80 to 84 are final. A user's own exit status never leaks through: ``sys.exit(75)`` in
a task ends as ``USER_FAILED``. Codes 64 and 65 belong to Argo's executor and are never used.
"""

from __future__ import annotations

SUCCEEDED = 0
"""Outputs are committed (computed now, found in the cache, or found pinned by an earlier attempt)."""
TERMINATED = 72
"""SIGTERM reached the attempt: eviction, spot loss, a deleted pod."""
TIMED_OUT = 73
"""The task's own timeout passed and user retries are left."""
SYSTEM_TRANSIENT = 74
"""The store or the network failed in a way that may pass."""
USER_RECOVERABLE = 75
"""The task raised a recoverable error and user retries are left."""
USER_FAILED = 80
"""The task failed for good: any other exception, ``SystemExit``, a value of the wrong type, an import error."""
USER_EXHAUSTED = 81
"""The task raised a recoverable error and no user retry is left."""
SYSTEM_FATAL = 82
"""The plan, the store or the environment is wrong in a way that no retry mends."""
TIMED_OUT_EXHAUSTED = 83
"""The task's own timeout passed and no user retry is left."""
CANCELLED = 84
"""Another part of the run failed for good before this attempt ran, or before its result was kept."""

RETRYABLE = frozenset({TERMINATED, TIMED_OUT, SYSTEM_TRANSIENT, USER_RECOVERABLE})
FINAL = frozenset({USER_FAILED, USER_EXHAUSTED, SYSTEM_FATAL, TIMED_OUT_EXHAUSTED, CANCELLED})

ORCHESTRATOR_RETRYABLE = (-1, 72, 73, 74, 75, 137, 143)
"""What a manifest retries: ours, plus a killed container (137, 143) and a lost one (-1, Argo's word for unknown)."""
