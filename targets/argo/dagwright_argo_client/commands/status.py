"""``dagwright status``: how a run stands, and once it has ended, its outputs or why it failed."""

from __future__ import annotations

import json
import os
import sys
import time

import click

from dagwright_argo_client.commands.options import (
    connect,
    find_run,
    following_options,
    format_option,
    namespace_option,
    patience_of,
    refusals_shown,
    run_argument,
    style_of,
)
from dagwright_argo_client.connection import namespace_of
from dagwright_argo_client.documents import run_data
from dagwright_argo_client.stalls import explained
from dagwright_argo_client.texts import head_line, node_lines
from dagwright_compiler.cli.main import FINDINGS, SUCCESS
from dagwright_compiler.cli.options import color_option


@click.command("status")
@run_argument
@namespace_option
@following_options
@format_option
@color_option
def command(*, name: str, namespace: str | None, how: str | None, timeout_s: float | None, output_format: str, color: str) -> int:
    """Show how a run stands: its nodes, and once it has ended its outputs, or why it failed.

    RUN is the name that `submit` prints; @latest is the run that was submitted last. Exit code 1: the run failed.
    """
    from dagwright_argo_client.commands.following import follow_run, open_results, tell_ending

    patience, place = patience_of(how, timeout_s), namespace_of(namespace, os.environ)
    with refusals_shown():
        server = connect()
        run = find_run(server, namespace, name)
        if how is not None:
            return follow_run(server, place, run.name, how, color=color, patience=patience)
        run = explained(run, server, place, time.time())
        if output_format == "json":
            has_failed = run.has_ended and not run.has_succeeded
            click.echo(json.dumps(run_data(run, open_results(run) if has_failed else None), indent=2, ensure_ascii=False))
            return FINDINGS if has_failed else SUCCESS
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
