"""Runs as JSON documents, for programs: ``--output-format json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dagwright_argo_client.endings import earlier_attempts
from dagwright_argo_client.runs import FAILED

if TYPE_CHECKING:
    from dagwright_argo_client.results import Results
    from dagwright_argo_client.runs import Attempt, Part, Run, RunNode


def head_data(run: Run) -> dict[str, Any]:
    """What is known of a run without its nodes."""
    return {
        "name": run.name,
        "namespace": run.namespace,
        "key": run.key,
        "workflow": run.workflow,
        "phase": run.phase,
        "message": run.message,
        "created": run.created,
        "started": run.started,
        "finished": run.finished,
    }


def run_data(run: Run, results: Results | None) -> dict[str, Any]:
    """A run with its nodes, their pods and attempts.

    Args:
        run: The run.
        results: Its store, where it has failed and the store is at hand: what failed before a retry stands there alone.
    """
    return {
        **head_data(run),
        "nodes": [
            {
                "id": node.id,
                "state": node.state,
                "pods": node.count,
                "parts": [_part_data(node, part, results) for part in node.parts],
                **({"gate": node.pause.gate} if node.pause is not None else {}),
            }
            for node in run.nodes
        ],
    }


def _part_data(node: RunNode, part: Part, results: Results | None) -> dict[str, Any]:
    earlier = earlier_attempts(results, node.id, part) if part.state == FAILED else ()
    return {
        "index": part.index,
        "state": part.state,
        "earlier_attempts": [_attempt_data(attempt) for attempt in earlier],
        "attempts": [_attempt_data(attempt) for attempt in part.attempts],
    }


def _attempt_data(attempt: Attempt) -> dict[str, Any]:
    return {
        "state": attempt.phase,
        "exit_code": attempt.exit_code,
        "message": attempt.message,
        "started": attempt.started,
        "finished": attempt.finished,
        "host": attempt.host,
    }
