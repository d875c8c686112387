"""``dagwright runs``: the runs of a namespace, newest first."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import click

from dagwright_argo.naming import dns_name
from dagwright_argo_client.commands.options import connect, format_option, namespace_option, refusals_shown
from dagwright_argo_client.connection import namespace_of
from dagwright_argo_client.documents import head_data
from dagwright_argo_client.refusals import Refused
from dagwright_argo_client.runs import ASKING, Run
from dagwright_argo_client.texts import duration_text, phase_text
from dagwright_compiler.cli.cache_texts import table
from dagwright_compiler.cli.main import SUCCESS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright_argo_client.runs import RunNode
    from dagwright_argo_client.transport import Server

_FIELDS = (
    "metadata.name,metadata.namespace,metadata.uid,metadata.creationTimestamp,metadata.labels,metadata.annotations,"
    "spec.workflowTemplateRef,status.phase,status.startedAt,status.finishedAt,status.progress,status.message"
)
"""Without nodes and templates, of which a namespace may hold hundreds of megabytes."""
_LABEL = "dagwright/workflow"
_MOST_READ = 10


@click.command("runs")
@click.argument("workflow", required=False, metavar="[WORKFLOW]")
@namespace_option
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, metavar="N", help="How many at most.")
@format_option
def command(*, workflow: str | None, namespace: str | None, limit: int, output_format: str) -> int:
    """List runs, newest first: all that dagwright compiled, or those of one WORKFLOW, by the function's name or the template's."""
    place = namespace_of(namespace, os.environ)
    with refusals_shown():
        server = connect()
        found = server.list(place, selector=_selector(workflow), fields=_FIELDS, limit=limit)
        runs = sorted(map(Run, found), key=lambda run: run.created, reverse=True)[:limit]
        asking = _asking(server, place, runs)
    if output_format == "json":
        data = [head_data(run) | {"asking": [node.id for node in asking.get(run.name, ())]} for run in runs]
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))
    elif runs:
        click.echo(_table(runs, asking))
        for node in (node for nodes in asking.values() for node in nodes):
            click.echo(f"dagwright: {node.id} waits: {node.answer}", err=True)
    else:
        click.echo(f"no runs{f' of {workflow}' if workflow else ''} in {place}", err=True)
    return SUCCESS


def _selector(workflow: str | None) -> str:
    """Labels of the runs that are asked for. A template has the name of its function, whose module the list shows and no label holds."""
    return _LABEL if workflow is None else f"{_LABEL}={dns_name(workflow.rpartition('.')[2])}"


def _asking(server: Server, namespace: str, runs: list[Run]) -> dict[str, list[RunNode]]:
    """Gates that wait for people now, by run; of the newest runs that go on, since that takes all of a run's object."""
    found = {}
    for run in [run for run in runs if run.phase == "Running"][:_MOST_READ]:
        try:
            nodes = Run(server.get(namespace, run.name)).nodes
        except Refused:  # it has gone meanwhile, or this server is slow: the list is there
            continue
        asking = [node for node in nodes if node.state == ASKING]
        if asking:
            found[run.name] = asking
    return found


def _table(runs: list[Run], asking: Mapping[str, list[RunNode]]) -> str:
    now = time.time()
    rows = [
        (
            run.name,
            run.workflow,
            f"{phase_text(run)}, waits for an answer" if run.name in asking else phase_text(run),
            str((run.object.get("status") or {}).get("progress") or ""),
            f"{duration_text(now - run.created)} ago",
            duration_text((run.finished or now) - run.started) if run.started else "",
        )
        for run in runs
    ]
    return table(("RUN", "WORKFLOW", "STATE", "PODS", "SUBMITTED", "TOOK"), rows, right=("PODS", "TOOK"))
