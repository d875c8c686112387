"""``dagwright stop``: a run ends before it is done."""

from __future__ import annotations

import os

import click

from dagwright_argo_client.commands.options import connect, find_run, namespace_option, refusals_shown, run_argument
from dagwright_argo_client.connection import namespace_of
from dagwright_compiler.cli.main import SUCCESS

_MESSAGE = "stopped by `dagwright stop`"


@click.command("stop")
@run_argument
@click.option("--now", is_flag=True, help="Without what the workflow does when it ends (its failure handler).")
@namespace_option
def command(*, name: str, now: bool, namespace: str | None) -> int:
    """Have a run end: nothing new starts, and running tasks are terminated, with the time that they have to clean up.

    `dagwright retry` takes it up again where it was.
    """
    place = namespace_of(namespace, os.environ)
    with refusals_shown():
        server = connect()
        run = find_run(server, namespace, name)
        if run.has_ended:
            click.echo(f"dagwright: {run.name} has ended already", err=True)
            return SUCCESS
        if now:
            server.terminate(place, run.name)
        else:
            server.stop(place, run.name, message=_MESSAGE)
        click.echo(f"dagwright: {run.name} is ending; `dagwright status {run.name}` shows how far", err=True)
    return SUCCESS
