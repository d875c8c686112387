"""``dagwright approve``: a run that waits for a person gets its answer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

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
from dagwright_argo_client.runs import DENIED, SUCCEEDED
from dagwright_compiler.cli.main import SUCCESS
from dagwright_compiler.cli.options import color_option

if TYPE_CHECKING:
    from dagwright_argo_client.argo_server import ArgoServer
    from dagwright_argo_client.runs import Run, RunNode


@click.command("approve")
@run_argument
@click.argument("node", metavar="NODE")
@click.option("--set", "value", metavar="VALUE", help="The value that `wait_for_input` asks for, as an input of a workflow.")
@click.option("--deny", is_flag=True, help="Do not approve, or give no value: the run fails.")
@click.option("--reason", metavar="TEXT", help="With --deny: what `dagwright status` says of it.")
@namespace_option
@following_options
@color_option
def command(
    *,
    name: str,
    node: str,
    value: str | None,
    deny: bool,
    reason: str | None,
    namespace: str | None,
    how: str | None,
    timeout_s: float | None,
    color: str,
) -> int:
    """Answer a run that waits for a person: approve what it made, or give the value that it asks for.

    NODE is the name in `approve(..., name)` or `wait_for_input(name, ...)`; `dagwright status` shows it. A value is checked against its type,
    and given once: the same again changes nothing, another one is refused.
    """
    from dagwright_argo_client.answering import Unanswerable, check_open, gate_of
    from dagwright_argo_client.commands.following import follow_run
    from dagwright_argo_client.manifests import UnusableManifest
    from dagwright_argo_client.results import Unreadable

    place, patience = namespace_of(namespace, os.environ), patience_of(how, timeout_s)
    if deny and value is not None:
        raise click.UsageError("--deny gives no value: leave --set out")
    if reason is not None and not deny:
        raise click.UsageError("--reason goes with --deny")
    with refusals_shown():
        server = connect()
        run = find_run(server, namespace, name)
        try:
            found = gate_of(run, node)
            if deny:
                check_open(run, found)
                _deny(server, place, run, found, reason)
            else:
                _answer(server, place, run, found, value)
        except (Unanswerable, Unreadable, UnusableManifest) as error:
            raise click.ClickException(str(error)) from None
        return SUCCESS if how is None else follow_run(server, place, run.name, how, color=color, patience=patience)


def _deny(server: ArgoServer, namespace: str, run: Run, node: RunNode, reason: str | None) -> None:
    said = " ".join((reason or "").split())
    assert node.pause is not None
    server.fail(
        namespace, run.name, node=node.pause.id, message=f"{DENIED}{f': {said}' if said else ' by `dagwright approve --deny`'}"
    )
    click.echo(f"dagwright: {node.id} of {run.name} is denied; the run fails", err=True)


def _answer(server: ArgoServer, namespace: str, run: Run, node: RunNode, value: str | None) -> None:
    from dagwright_argo_client.answering import Unanswerable, check_open, wrong_use

    wrong = wrong_use(run, node, has_value=value is not None)
    if wrong:
        raise Unanswerable(wrong)
    if value is not None and (node.state == SUCCEEDED or run.has_ended):
        _give_late(run, node, value)
        return
    if node.state == SUCCEEDED:
        click.echo(f"dagwright: {node.id} of {run.name} was approved already", err=True)
        return
    check_open(run, node)
    if value is not None:
        _give(run, node, value)
    _resume(server, namespace, run, node)
    what = "approved" if value is None else "has its value"
    click.echo(f"dagwright: {node.id} of {run.name} {'is ' if value is None else ''}{what}; the run goes on", err=True)


def _give_late(run: Run, node: RunNode, value: str) -> None:
    """Give a value where the run has passed the gate: somebody resumed it without one, or the same is given again."""
    from dagwright_argo_client.answering import check_open

    if node.state != SUCCEEDED:
        check_open(run, node)
    _give(run, node, value)
    then = f"; `dagwright retry {run.name}` goes on with it" if run.has_ended and not run.has_succeeded else ""
    click.echo(f"dagwright: {node.id} of {run.name} has its value{then}", err=True)


def _give(run: Run, node: RunNode, value: str) -> None:
    from dagwright_argo_client.answering import Unanswerable, leave
    from dagwright_argo_client.commands.following import open_results, plan_of
    from dagwright_compiler.cli.given_files import asked_at
    from dagwright_compiler.cli.inputs import checked

    results = open_results(run)
    if results is None:
        raise Unanswerable(f"{run.name} does not tell where its values are kept, or that cannot be reached from here")
    asked = asked_at(plan_of(run, results).program, [node.id])
    leave(results, run, node.id, checked(asked, {node.id: value}), asked)


def _resume(server: ArgoServer, namespace: str, run: Run, node: RunNode) -> None:
    """Let the node pass; that somebody else did so meanwhile is as good."""
    assert node.pause is not None
    try:
        server.resume(namespace, run.name, node=node.pause.id)
    except Refused:
        now = find_run(server, namespace, run.name).node(node.id)
        if now is None or now.state != SUCCEEDED:
            raise
