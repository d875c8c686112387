"""``dagwright retry``: what failed runs again; what succeeded does not."""

from __future__ import annotations

import os

import click

from dagwright_argo_client.commands.options import (
    connect,
    find_run,
    following_options,
    namespace_option,
    refusals_shown,
    run_argument,
)
from dagwright_argo_client.connection import namespace_of
from dagwright_compiler.cli.main import SUCCESS
from dagwright_compiler.cli.options import color_option


@click.command("retry")
@run_argument
@namespace_option
@following_options
@color_option
def command(*, name: str, namespace: str | None, how: str | None, color: str) -> int:
    """Have the failed nodes of a run start again, with all their retries; nodes that succeeded keep their results.

    The code is that of the run, as it was submitted: a changed file takes another `dagwright submit`.
    """
    from dagwright_argo_client.commands.following import follow_run

    place = namespace_of(namespace, os.environ)
    with refusals_shown():
        server = connect()
        run = find_run(server, namespace, name)
        if not run.has_ended or run.has_succeeded:
            state = "has succeeded" if run.has_succeeded else "goes on"
            raise click.ClickException(f"{run.name} {state}; only a run that failed can be tried again")
        failed = ", ".join(node.id for node in run.failed[:5])
        server.retry(place, run.name)
        click.echo(f"dagwright: {run.name} goes on{f' with {failed}' if failed else ''}", err=True)
        return SUCCESS if how is None else follow_run(server, place, run.name, how, color=color)
