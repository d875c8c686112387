"""``dagwright logs``: what the tasks of a run printed."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import click

from dagwright_argo_client.commands.options import connect, find_run, namespace_option, refusals_shown, run_argument
from dagwright_argo_client.connection import namespace_of
from dagwright_compiler.cli.main import FINDINGS, SUCCESS
from dagwright_compiler.diagnostics.suggestions import did_you_mean

if TYPE_CHECKING:
    from dagwright_argo_client.runs import Run

_NODE = re.compile(r"(?P<node>[^\[\]]+)(?:\[(?P<index>\d+)\])?")


@click.command("logs")
@run_argument
@click.argument("node", required=False, metavar="[NODE]")
@click.option("-f", "--follow", is_flag=True, help="Go on until the run ends.")
@namespace_option
def command(*, name: str, node: str | None, follow: bool, namespace: str | None) -> int:
    """Print what the tasks of a run printed, behind the names of their nodes: all of it, or of one NODE, or of one pod of a map, as in NODE[3].

    Where the cluster has forgotten a pod, its last attempt's output comes from the store.
    """
    from dagwright_argo_client.commands.following import show_logs

    with refusals_shown():
        server = connect()
        run = find_run(server, namespace, name)
        place = namespace_of(namespace, os.environ)
        wanted, index = chosen_node(run, node)
        if show_logs(server, place, run.name, follow=follow, node=wanted, index=index) or _kept(run, wanted, index):
            return SUCCESS
    click.echo(f"dagwright: {run.name} has printed nothing{f' in {node}' if node else ''}, or nothing is kept of it", err=True)
    return FINDINGS


def chosen_node(run: Run, text: str | None) -> tuple[str | None, int | None]:
    """Read ``NODE`` or ``NODE[INDEX]``.

    Raises:
        click.UsageError: The run has no such node.
    """
    if text is None:
        return None, None
    found = _NODE.fullmatch(text)
    known = [node.id for node in run.nodes]
    if found is None or found["node"] not in known:
        listing = did_you_mean(text, known) or f"its nodes are {', '.join(known[:20])}"
        raise click.UsageError(f"{run.name} has no node {text}; {listing}")
    return found["node"], None if found["index"] is None else int(found["index"])


def _kept(run: Run, wanted: str | None, index: int | None) -> int:
    """Print what the store keeps; gives the number of logs."""
    from dagwright_argo_client.commands.following import open_results

    results = open_results(run)
    if results is None:
        return 0
    count = 0
    for node in run.nodes:
        for part in node.parts:
            if wanted in (None, node.id) and index in (None, part.index):
                text = results.log(node.id, part.index)
                label = node.id if part.index is None else f"{node.id}[{part.index}]"
                for line in (text or "").splitlines():
                    click.echo(f"{label} | {line}")
                count += bool(text)
    return count
