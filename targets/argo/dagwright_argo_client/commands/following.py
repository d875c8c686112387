"""Follows a run for a command: progress on standard error, outputs on standard output, the exit code in the end."""

from __future__ import annotations

import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from dagwright.store import StoreError
from dagwright_argo_client.commands.options import is_terminal, style_of
from dagwright_argo_client.endings import failure_text
from dagwright_argo_client.following import FOR_GOOD, follow, impatient
from dagwright_argo_client.kubernetes import open_kubectl
from dagwright_argo_client.logs import label_of, labels_of, written
from dagwright_argo_client.manifests import UnusableManifest, bundle_of, deployed_plan, read_plan
from dagwright_argo_client.progress import Lines, Stalls, Tree
from dagwright_argo_client.published import published_plan
from dagwright_argo_client.refusals import Refused
from dagwright_argo_client.results import Results, Unreadable, store_url
from dagwright_argo_client.runs import Run
from dagwright_argo_client.stalls import explained
from dagwright_argo_client.transport import ANSWER_S
from dagwright_compiler.cli.main import FINDINGS, SUCCESS
from dagwright_local.collect import laid_out

if TYPE_CHECKING:
    from dagwright.execution.plan_view import PlanView
    from dagwright_argo_client.following import Patience
    from dagwright_argo_client.progress import Progress
    from dagwright_argo_client.transport import Server

_MOST_FAILURES = 10
"""Log streams in a row that may break without a line."""
_PAUSE_S = 1.0


def follow_run(
    server: Server,
    namespace: str,
    name: str,
    how: str,
    *,
    color: str = "auto",
    file: str = "",
    plan: PlanView | None = None,
    patience: Patience = FOR_GOOD,
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
        patience: How long it is followed.

    Raises:
        Refused: The server refuses, or does not answer for long, or the run takes longer than it is to be followed.
    """
    try:
        if how == "log":
            show_logs(server, namespace, name, follow=True, patience=patience)
        progress = _progress(how, color)
        run = _followed(server, namespace, name, progress, patience)
    except KeyboardInterrupt:
        click.echo(
            f"\ndagwright: {name} goes on; `dagwright status {name} --watch` follows it, `dagwright stop {name}` ends it",
            err=True,
        )
        raise
    results = open_results(run)
    progress.close(run, results.reused(run) if results is not None and how == "watch" else {})
    return tell_ending(run, results, file=file, plan=plan, color=color)


def _followed(server: Server, namespace: str, name: str, progress: Progress, patience: Patience) -> Run:
    """Show every state of a run; give the last one."""
    run: Run | None = None
    try:
        for run in follow(server, namespace, name, patience=patience):
            progress.show(run)
    except Refused:
        if run is not None:
            progress.close(run)
        raise
    assert run is not None
    return run


def _progress(how: str, color: str) -> Progress:
    if how != "watch":
        return Stalls(sys.stderr)
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
    """Find the plan of a run: where ``submit`` kept it, else where its pods have it: in the store, or in ConfigMaps of the cluster.

    Raises:
        Unreadable: It is in neither place.
        StoreError: The store failed.
        Refused: The cluster refuses.
        UnusableManifest: Another release wrote it.
    """
    kept = results.plan() if results is not None else None
    if kept is not None:
        return kept
    digest = bundle_of(run.spec)
    if digest is not None and results is not None:
        return read_plan(published_plan(results.url, digest))
    kubectl = open_kubectl(run.namespace)
    if kubectl is None:
        raise Unreadable(f"the plan of {run.name} stands in a ConfigMap of the cluster, and there is no kubectl here to read it")
    return deployed_plan(kubectl, run.spec)


def show_logs(
    server: Server,
    namespace: str,
    name: str,
    *,
    follow: bool,
    node: str | None = None,
    index: int | None = None,
    patience: Patience = FOR_GOOD,
) -> int:
    """Print what tasks print, behind the names of their nodes; gives the number of lines.

    Following goes on until the run has ended: a stream that is cut, or silent for so long that something between cuts it, is taken up again
    behind the lines that were shown.

    Raises:
        Refused: The server refuses, or does not answer for long.
    """
    shown: Counter[str] = Counter()
    failures = printed = 0
    strangers: set[str] = set()
    while True:
        run = Run(server.get(namespace, name))
        labels = labels_of(run)
        passed: Counter[str] = Counter()
        try:
            with server.logs(namespace, name, pod="", follow=follow, patience_s=patience.within(ANSWER_S)) as lines:
                for line in lines:
                    failures = 0
                    passed[line.pod] += 1
                    if passed[line.pod] <= shown[line.pod]:
                        continue
                    shown[line.pod] += 1
                    if label_of(line, labels) is None and line.pod not in strangers:
                        labels |= labels_of(Run(server.get(namespace, name)))
                        strangers.add(line.pod)
                    text = written(line, labels, node, index)
                    if text is not None:
                        click.echo(text)
                        printed += 1
                    if patience.is_over():
                        break
        except Refused as refused:
            failures += 1
            if not follow or not refused.is_passing or failures > _MOST_FAILURES:
                raise
        if not follow or run.has_ended:
            return printed
        if patience.is_over():
            raise impatient(explained(run, server, namespace, time.time()), patience)
        time.sleep(_PAUSE_S)
