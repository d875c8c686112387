"""``dagwright gc``: code in the cluster that nothing runs any more."""

from __future__ import annotations

import json
import os
import time
from typing import Any

import click
import msgspec

from dagwright.store import open_store
from dagwright_argo_client.collecting import collect, collect_bundles
from dagwright_argo_client.commands.options import format_option, namespace_option, refusals_shown
from dagwright_argo_client.connection import namespace_of
from dagwright_argo_client.kubernetes import open_kubectl
from dagwright_compiler.cli.cache_texts import Age, age_text, counted
from dagwright_compiler.cli.main import SUCCESS


@click.command("gc")
@namespace_option
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@click.option(
    "--older-than",
    "older_than_s",
    type=Age(),
    default="30d",
    show_default=True,
    help="Age, since it was created or last submitted, from which code may go.",
)
@click.option(
    "--store",
    metavar="URL",
    help="Remove bundles of this store as well, whose digests nothing in the namespace names. Only where no other namespace, cluster or job queue has code there.",
)
@format_option
def command(*, namespace: str | None, dry_run: bool, older_than_s: float, store: str | None, output_format: str) -> int:
    """Remove ConfigMaps of code that no Workflow, WorkflowTemplate or CronWorkflow of the namespace names, through kubectl.

    What somebody may still run again stays: a run that was deleted, or is kept in Argo's archive alone, can no longer be retried once its code
    is gone. Values in the store are another matter: `dagwright cache gc`.
    """
    place = namespace_of(namespace, os.environ)
    with refusals_shown():
        kubectl = open_kubectl(place)
        if kubectl is None:
            raise click.ClickException("removing ConfigMaps takes kubectl, and there is none here")
        done = collect(kubectl, older_than_s=older_than_s, now=time.time(), dry_run=dry_run)
        bundles = (
            None if store is None else collect_bundles(kubectl, open_store(store), older_than_s=older_than_s, dry_run=dry_run)
        )
    if output_format == "json":
        data: dict[str, Any] = {"namespace": place, "dry_run": dry_run, **msgspec.structs.asdict(done)}
        if bundles is not None:
            data["bundles"] = {"store": store, **msgspec.structs.asdict(bundles)}
        click.echo(json.dumps(data, indent=2))
        return SUCCESS
    verb = "would remove" if dry_run else "removed"
    for what, where, each in (("ConfigMap", place, done), ("bundle", store or "", bundles)):
        if each is None:
            continue
        for name in each.removed:
            click.echo(f"{verb} {name}")
        kept = f"{counted(len(each.named), what)} in use, {len(each.young)} younger than {age_text(older_than_s)}"
        click.echo(f"{verb} {counted(len(each.removed), what)} of {where}; {kept}", err=True)
    return SUCCESS
