"""``dagwright run --only NODE --from RUN FILE``: one task of a run of the cluster, here, with the inputs that it had there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from dagwright_argo.naming import dns_name
from dagwright_argo_client.commands.options import connect, find_run, refusals_shown
from dagwright_argo_client.replaying import Unplayable, replay
from dagwright_argo_client.results import store_url
from dagwright_compiler.cli.main import FINDINGS, SUCCESS
from dagwright_compiler.cli.sources import read_wanted
from dagwright_compiler.cli.terminal import show_findings
from dagwright_compiler.driver.naming import Wanted
from dagwright_compiler.driver.programs import load_definition
from dagwright_local.collect import laid_out

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright_argo_client.replaying import Played
    from dagwright_argo_client.runs import Run
    from dagwright_compiler.driver.reading import Reading


def replay_command(wanted: Wanted, flags: Mapping[str, Any], only: str, origin: str, namespace: str | None, *, color: str) -> int:
    """Replay a task; give the exit code."""
    with refusals_shown():
        run = find_run(connect(), namespace, origin)
        url = flags["store"] or store_url(run)
        if url is None:
            raise click.ClickException(f"{run.name} does not tell where its values are; give --store")
        reading = read_wanted([wanted], flags)
        if wanted.name is None:
            # The file may hold several workflows, and the run says which it is of.
            wanted = Wanted(wanted.path, _function(reading, run.workflow) or None, wanted.shown)
        loaded = load_definition(reading, wanted)
        code = show_findings(reading, sys.stderr, color=color)
        if code != SUCCESS or loaded.program is None:
            return code or FINDINGS
        try:
            return _show(replay(loaded, run, url, only), run, only)
        except Unplayable as error:
            raise click.ClickException(str(error)) from None


def _function(reading: Reading, workflow: str) -> str:
    """Name the function of a run: a run of a deployed template or schedule knows no more than the template's name."""
    short = workflow.rpartition(".")[2]
    known = [name.rpartition(".")[2] for name in (*reading.elaborated.workflows, *reading.elaborated.tasks)]
    return short if short in known else next((name for name in known if dns_name(name) == short), short)


def _show(played: Played, run: Run, only: str) -> int:
    if played.outputs is None:
        click.echo(played.failure, err=True, nl=False)
        return FINDINGS
    click.echo(f"dagwright: {only} succeeded here, with its inputs of {run.name}; nothing of that run was changed", err=True)
    values = list(played.outputs.values())
    data: Any = values[0] if len(values) == 1 else played.outputs
    sys.stdout.buffer.write(f"{laid_out(data)}\n".encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()
    return SUCCESS
