"""``dagwright outputs``: what a run gave, as JSON."""

from __future__ import annotations

import click

from dagwright_argo_client.commands.options import connect, find_run, namespace_option, refusals_shown, run_argument
from dagwright_compiler.cli.main import FINDINGS, SUCCESS


@click.command("outputs")
@run_argument
@click.argument("output", required=False, metavar="[NAME]")
@namespace_option
def command(*, name: str, output: str | None, namespace: str | None) -> int:
    """Print the outputs of a run as JSON, or the one called NAME; exit code 1: the run has none, since it failed or goes on.

    Nothing of yours is imported: what only its class can read is shown as it stands in the store.
    """
    from dagwright_argo_client.commands.following import open_results, print_outputs
    from dagwright_argo_client.manifests import UnusableManifest
    from dagwright_argo_client.results import Unreadable

    with refusals_shown():
        run = find_run(connect(), namespace, name)
        if not run.has_succeeded:
            state = "has failed" if run.has_ended else "goes on"
            click.echo(f"dagwright: {run.name} {state}; `dagwright status {run.name}` shows how it stands", err=True)
            return FINDINGS
        results = open_results(run)
        if results is None:
            raise click.ClickException(f"{run.name} does not tell where its results are, or they cannot be read from here")
        try:
            print_outputs(run, results, None, output)
        except (Unreadable, UnusableManifest) as error:
            raise click.ClickException(str(error)) from None
    return SUCCESS
