"""``dagwright publish``: the code of workflows into the store, where pods fetch it whose manifests hold a digest only."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from dagwright_compiler.cli.main import FINDINGS, SUCCESS
from dagwright_compiler.cli.options import color_option, parse_wanted, profile_option, project_options, set_option
from dagwright_compiler.cli.sources import read_wanted
from dagwright_compiler.cli.terminal import show_findings
from dagwright_compiler.driver.publishing import Sealed, publish_bundle, sealed
from dagwright_compiler.target_api import is_target

if TYPE_CHECKING:
    from dagwright.store.verbs import Store
    from dagwright_compiler.driver.reading import Reading

_SHOWN_DIGITS = 12


@click.command("publish")
@click.argument("targets", nargs=-1, required=True, metavar="FILE[:NAME]|DIR...")
@click.option(
    "-t", "--target", "form", default="argo", show_default=True, metavar="argo|batch", help="Whose manifests name the code."
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when the store lacks any of it.")
@project_options
@profile_option
@set_option
@color_option
def command(*, targets: tuple[str, ...], form: str, check: bool, color: str, **flags: Any) -> int:
    """Put plans and modules of workflows into the store.

    Manifests that were compiled with `bundle = "store"`, and those of AWS Batch, hold a digest in the place of the code; pods fetch it from the store and check it before
    anything is imported. Compile and publish the same commit with the same --profile and --set. What is there already is left as it is.
    """
    if not is_target(form):
        raise click.BadParameter(f"`{form}` is not a target", param_hint="-t")
    wanted = [parse_wanted(target) for target in targets]
    flags["set"] = flags.pop("constants")
    reading = read_wanted(wanted, flags)
    bundles = sealed(reading, wanted, form)
    code = show_findings(reading, sys.stderr, color=color)
    if code != SUCCESS:
        return code
    url = _store_url(reading, form)
    from dagwright.store import StoreError, open_store

    try:
        store = open_store(url)
        return _absent(store, bundles) if check else _publish(store, bundles)
    except StoreError as error:
        raise click.ClickException(str(error)) from None


def _store_url(reading: Reading, form: str) -> str:
    """The store that the manifests name, or the one that the command line names for them."""
    settings = reading.settings
    url = settings.targets.get(form, {}).get("store") or settings.store
    if not isinstance(url, str) or not url:
        raise click.UsageError("no store is configured: give --store s3://bucket/prefix, the one that the runs will have")
    return url


def _publish(store: Store, bundles: list[Sealed]) -> int:
    for each in bundles:
        said = "published" if publish_bundle(store, each.bundle) else "was there:"
        click.echo(f"{said} {each.workflow} {each.bundle.digest[:_SHOWN_DIGITS]} in {store.url}")
    return SUCCESS


def _absent(store: Store, bundles: list[Sealed]) -> int:
    from dagwright.contract.names import bundle_key
    from dagwright.store import NotFound

    absent = 0
    for each in bundles:
        try:
            store.get_range(bundle_key(each.bundle.digest), 0, 1)
        except NotFound:
            absent += 1
            click.echo(f"{store.url} lacks {each.workflow} {each.bundle.digest[:_SHOWN_DIGITS]}")
    return FINDINGS if absent else SUCCESS
