"""``dagwright runs``: the runs of a namespace, newest first."""

from __future__ import annotations

import json
import os
import time

import click

from dagwright_argo_client.commands.options import connect, format_option, namespace_option, refusals_shown
from dagwright_argo_client.connection import namespace_of
from dagwright_argo_client.documents import head_data
from dagwright_argo_client.runs import Run
from dagwright_argo_client.texts import duration_text, phase_text
from dagwright_compiler.cli.cache_texts import table
from dagwright_compiler.cli.main import SUCCESS

_FIELDS = (
    "metadata.name,metadata.namespace,metadata.uid,metadata.creationTimestamp,metadata.labels,metadata.annotations,"
    "spec.workflowTemplateRef,status.phase,status.startedAt,status.finishedAt,status.progress,status.message"
)
"""Without nodes and templates, of which a namespace may hold hundreds of megabytes."""
_LABEL = "dagwright/workflow"


@click.command("runs")
@click.argument("workflow", required=False, metavar="[WORKFLOW]")
@namespace_option
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, metavar="N", help="How many at most.")
@format_option
def command(*, workflow: str | None, namespace: str | None, limit: int, output_format: str) -> int:
    """List runs, newest first: all that dagwright compiled, or those of one WORKFLOW, by the name that the cluster has for it."""
    place = namespace_of(namespace, os.environ)
    with refusals_shown():
        selector = _LABEL if workflow is None else f"{_LABEL}={workflow}"
        found = connect().list(place, selector=selector, fields=_FIELDS, limit=limit)
    runs = sorted(map(Run, found), key=lambda run: run.created, reverse=True)[:limit]
    if output_format == "json":
        click.echo(json.dumps([head_data(run) for run in runs], indent=2, ensure_ascii=False))
    elif runs:
        click.echo(_table(runs))
    else:
        click.echo(f"no runs{f' of {workflow}' if workflow else ''} in {place}", err=True)
    return SUCCESS


def _table(runs: list[Run]) -> str:
    now = time.time()
    rows = [
        (
            run.name,
            run.workflow,
            phase_text(run),
            str((run.object.get("status") or {}).get("progress") or ""),
            f"{duration_text(now - run.created)} ago",
            duration_text((run.finished or now) - run.started) if run.started else "",
        )
        for run in runs
    ]
    return table(("RUN", "WORKFLOW", "STATE", "PODS", "SUBMITTED", "TOOK"), rows, right=("PODS", "TOOK"))
