"""``dagwright retry``: what failed runs again; what succeeded does not."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import click

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
from dagwright_argo_client.refusals import Refused
from dagwright_argo_client.runs import FAILED, STOPPED
from dagwright_compiler.cli.main import SUCCESS
from dagwright_compiler.cli.options import color_option

if TYPE_CHECKING:
    from dagwright_argo_client.transport import Server

_TRIES = 4
_PAUSE_S = 0.5


@click.command("retry")
@run_argument
@namespace_option
@following_options
@color_option
def command(*, name: str, namespace: str | None, how: str | None, timeout_s: float | None, color: str) -> int:
    """Have the failed nodes of a run start again, with all their retries; nodes that succeeded keep their results.

    The code is that of the run, as it was submitted: a changed file takes another `dagwright submit`.
    """
    from dagwright_argo_client.commands.following import follow_run

    place, patience = namespace_of(namespace, os.environ), patience_of(how, timeout_s)
    with refusals_shown():
        server = connect()
        run = find_run(server, namespace, name)
        if not run.has_ended or run.has_succeeded:
            state = "has succeeded" if run.has_succeeded else "goes on"
            raise click.ClickException(f"{run.name} {state}; only a run that failed can be tried again")
        failed = ", ".join(node.id for node in run.failed[:5])
        waits_anew = any(node.pause is not None and node.state in (FAILED, STOPPED) for node in run.nodes)
        _retry(server, place, run.name, AGAIN if waits_anew else "")
        click.echo(f"dagwright: {run.name} goes on{f' with {failed}' if failed else ''}", err=True)
        return SUCCESS if how is None else follow_run(server, place, run.name, how, color=color, patience=patience)


def _retry(server: Server, namespace: str, name: str, anew: str) -> None:
    """Ask for the retry, once more where somebody changed the run at that moment: a controller tidies up behind a run that has ended.

    Raises:
        Refused: The server refuses.
    """
    for attempt in range(_TRIES):
        try:
            server.retry(namespace, name, anew=anew)
        except Refused as refused:
            if not _is_conflict(refused) or attempt == _TRIES - 1:
                raise
            time.sleep(_PAUSE_S)
        else:
            return


def _is_conflict(refused: Refused) -> bool:
    """Whether nothing was done, for want of the latest version of the object; Argo Server has several statuses for that."""
    return refused.status == 409 or "the object has been modified" in refused.text
