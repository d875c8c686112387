"""``dagwright retry``: what failed runs again; what succeeded does not."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from dagwright.contract.names import stop_key
from dagwright.store import StoreError
from dagwright_argo.gates import AGAIN
from dagwright_argo_client.commands.options import (
    connect,
    find_run,
    following_options,
    namespace_option,
    patience_of,
    refusals_shown,
    run_argument,
)
from dagwright_argo_client.connection import namespace_of
from dagwright_argo_client.kubernetes import open_kubectl
from dagwright_argo_client.retrying import await_pods, retry
from dagwright_argo_client.runs import FAILED, STOPPED
from dagwright_compiler.cli.main import SUCCESS
from dagwright_compiler.cli.options import color_option

if TYPE_CHECKING:
    from dagwright_argo_client.results import Results
    from dagwright_argo_client.runs import Run


@click.command("retry")
@run_argument
@namespace_option
@following_options
@color_option
def command(*, name: str, namespace: str | None, how: str | None, timeout_s: float | None, color: str) -> int:
    """Have the failed nodes of a run start again, with all their retries; nodes that succeeded keep their results.

    The code is that of the run, as it was submitted: a changed file takes another `dagwright submit`.
    """
    from dagwright_argo_client.commands.following import follow_run, open_results

    place, patience = namespace_of(namespace, os.environ), patience_of(how, timeout_s)
    with refusals_shown():
        server = connect()
        run = find_run(server, namespace, name)
        if not run.has_ended or run.has_succeeded:
            state = "has succeeded" if run.has_succeeded else "goes on"
            raise click.ClickException(f"{run.name} {state}; only a run that failed can be tried again")
        failed = ", ".join(node.id for node in run.failed[:5])
        _forget_the_failure(run, open_results(run))
        waits_anew = any(node.pause is not None and node.state in (FAILED, STOPPED) for node in run.nodes)
        await_pods(run, open_kubectl(place), tell=lambda text: click.echo(f"dagwright: {text}", err=True))
        retry(server, place, run.name, AGAIN if waits_anew else "")
        click.echo(f"dagwright: {run.name} goes on{f' with {failed}' if failed else ''}", err=True)
        return SUCCESS if how is None else follow_run(server, place, run.name, how, color=color, patience=patience)


def _forget_the_failure(run: Run, results: Results | None) -> None:
    """Remove the stop marker. Where the store is out of reach, the attempts of the next round see by its age that it is not theirs."""
    if results is not None:
        with suppress(StoreError):
            results.store.delete(stop_key(run.key))
