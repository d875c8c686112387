"""Runs as JSON documents, for programs: ``--output-format json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dagwright_argo_client.runs import Part, Run


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


def run_data(run: Run) -> dict[str, Any]:
    """A run with its nodes, their pods and attempts."""
    return {
        **head_data(run),
        "nodes": [
            {
                "id": node.id,
                "state": node.state,
                "pods": node.count,
                "parts": [_part_data(part) for part in node.parts],
                **({"gate": node.pause.gate} if node.pause is not None else {}),
            }
            for node in run.nodes
        ],
    }


def _part_data(part: Part) -> dict[str, Any]:
    attempts = [
        {
            "state": attempt.phase,
            "exit_code": attempt.exit_code,
            "message": attempt.message,
            "started": attempt.started,
            "finished": attempt.finished,
            "host": attempt.host,
        }
        for attempt in part.attempts
    ]
    return {"index": part.index, "state": part.state, "attempts": attempts}
