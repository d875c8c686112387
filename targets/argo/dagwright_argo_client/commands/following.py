"""Follows a run for a command: progress on standard error, outputs on standard output, the exit code in the end."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from dagwright.store import StoreError
from dagwright_argo_client.commands.options import is_terminal, style_of
from dagwright_argo_client.endings import failure_text
from dagwright_argo_client.following import follow
from dagwright_argo_client.kubernetes import open_kubectl
from dagwright_argo_client.logs import labels_of, written
from dagwright_argo_client.manifests import UnusableManifest, deployed_plan
from dagwright_argo_client.progress import Lines, Tree
from dagwright_argo_client.refusals import Refused
from dagwright_argo_client.results import Results, Unreadable, store_url
from dagwright_argo_client.runs import Run
from dagwright_compiler.cli.main import FINDINGS, SUCCESS
from dagwright_local.collect import laid_out

if TYPE_CHECKING:
    from dagwright.execution.plan_view import PlanView
    from dagwright_argo_client.progress import Progress
    from dagwright_argo_client.transport import Server


def follow_run(
    server: Server, namespace: str, name: str, how: str, *, color: str = "auto", file: str = "", plan: PlanView | None = None
) -> int:
    """Follow a run to its end, and tell how it ended.

    Args:
        server: Where it is.
        namespace: Of the cluster.
        name: The run's.
        how: ``watch``, ``wait`` or ``log``.
        color: Whether to colour.
        file: What the user calls the source.
        plan: The run's, where it is at hand.

    Raises:
        Refused: The server refuses, or does not answer for long.
    """
    if how == "log":
        show_logs(server, namespace, name, follow=True)
    progress = _progress(how, color)
    run: Run | None = None
    for run in follow(server, namespace, name):
        if progress is not None:
            progress.show(run)
    assert run is not None
    results = open_results(run)
    if progress is not None:
        progress.close(run, results.reused(run) if results is not None else {})
    return tell_ending(run, results, file=file, plan=plan, color=color)


def _progress(how: str, color: str) -> Progress | None:
    if how != "watch":
        return None
    return Tree(sys.stderr, style_of(sys.stderr, color)) if is_terminal() else Lines(sys.stderr)


def open_results(run: Run) -> Results | None:
    """Open the run's store where that can be done from here; one line says why not."""
    url = store_url(run)
    if url is None:
        return None
    try:
        return Results(run, url)
    except StoreError as error:
        click.echo(f"dagwright: the store of {run.name} cannot be read from here: {error}", err=True)
        return None


def tell_ending(run: Run, results: Results | None, *, file: str, plan: PlanView | None, color: str) -> int:
    """Print outputs, or what failed; give the exit code."""
    if not run.has_succeeded:
        click.echo(failure_text(run, results, file, style_of(sys.stderr, color)), err=True, nl=False, color=True)
        return FINDINGS
    if results is not None:
        try:
            print_outputs(run, results, plan)
        except (StoreError, Unreadable, Refused, UnusableManifest) as error:
            click.echo(f"dagwright: {run.name} succeeded; its outputs cannot be shown here: {error}", err=True)
    return SUCCESS


def print_outputs(run: Run, results: Results, plan: PlanView | None, name: str | None = None) -> None:
    """Print the outputs as JSON, or one of them.

    Raises:
        Unreadable: They cannot be read.
        StoreError: The store failed.
        Refused: The cluster refuses to show the plan.
        UnusableManifest: Another release wrote the plan.
    """
    data: Any = results.outputs((plan or plan_of(run, results)).program, name)
    sys.stdout.buffer.write(f"{laid_out(data)}\n".encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def plan_of(run: Run, results: Results | None) -> PlanView:
    """Find the plan of a run: where ``submit`` kept it, else in the cluster's ConfigMaps.

    Raises:
        Unreadable: It is in neither place.
        StoreError: The store failed.
        Refused: The cluster refuses.
        UnusableManifest: Another release wrote it.
    """
    kept = results.plan() if results is not None else None
    if kept is not None:
        return kept
    kubectl = open_kubectl(run.namespace)
    if kubectl is None:
        raise Unreadable(f"the plan of {run.name} stands in a ConfigMap of the cluster, and there is no kubectl here to read it")
    return deployed_plan(kubectl, run.spec)


def show_logs(
    server: Server, namespace: str, name: str, *, follow: bool, node: str | None = None, index: int | None = None
) -> int:
    """Print what tasks print, behind the names of their nodes; gives the number of lines.

    Raises:
        Refused: The server refuses.
    """
    count = 0
    labels = labels_of(Run(server.get(namespace, name)))
    with server.logs(namespace, name, pod="", follow=follow) as lines:
        for line in lines:
            if line.pod not in labels and follow:
                labels |= labels_of(Run(server.get(namespace, name)))
            text = written(line, labels, node, index)
            if text is not None:
                click.echo(text)
                count += 1
    return count
