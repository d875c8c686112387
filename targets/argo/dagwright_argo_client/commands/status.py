"""``dagwright status``: how a run stands, and once it has ended, its outputs or why it failed."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from dagwright_argo_client.commands.options import (
    connect,
    find_run,
    following_options,
    format_option,
    namespace_option,
    refusals_shown,
    run_argument,
    style_of,
)
from dagwright_argo_client.connection import namespace_of
from dagwright_argo_client.texts import head_line, node_lines
from dagwright_compiler.cli.main import FINDINGS, SUCCESS
from dagwright_compiler.cli.options import color_option

if TYPE_CHECKING:
    from dagwright_argo_client.runs import Part, Run


@click.command("status")
@run_argument
@namespace_option
@following_options
@format_option
@color_option
def command(*, name: str, namespace: str | None, how: str | None, output_format: str, color: str) -> int:
    """Show how a run stands: its nodes, and once it has ended its outputs, or why it failed.

    RUN is the name that `submit` prints; @latest is the run that was submitted last. Exit code 1: the run failed.
    """
    from dagwright_argo_client.commands.following import follow_run, open_results, tell_ending

    with refusals_shown():
        server = connect()
        run = find_run(server, namespace, name)
        if how is not None:
            return follow_run(server, namespace_of(namespace, os.environ), run.name, how, color=color)
        if output_format == "json":
            click.echo(json.dumps(run_data(run), indent=2, ensure_ascii=False))
            return FINDINGS if run.has_ended and not run.has_succeeded else SUCCESS
        results = open_results(run) if run.has_ended else None
        reused = results.reused(run) if results is not None else {}
        style, now = style_of(sys.stderr, color), time.time()
        for line in (head_line(run, now, style), *node_lines(run, now, style, reused)):
            click.echo(line, err=True, color=True)
        if not run.has_ended:
            return SUCCESS
        if not run.has_succeeded:
            click.echo(err=True)
        return tell_ending(run, results, file="", plan=None, color=color)


def run_data(run: Run) -> dict[str, Any]:
    """A run for programs."""
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
        "nodes": [
            {
                "id": node.id,
                "state": node.state,
                "pods": node.count,
                "parts": [_part_data(part) for part in node.parts],
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
