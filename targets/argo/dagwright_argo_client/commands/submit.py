"""``dagwright submit``: a workflow to a cluster, with its inputs as options of their own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import msgspec

from dagwright_argo_client.arguments import arguments_of
from dagwright_argo_client.commands.options import connect, following_options, namespace_option, patience_of, refusals_shown
from dagwright_argo_client.connection import namespace_of
from dagwright_argo_client.manifests import (
    Manifest,
    UnusableManifest,
    bundle_of,
    given_values,
    looks_compiled,
    missing_parameters,
    read_manifest,
    store_of,
    store_parameter_of,
    workflow_of,
)
from dagwright_argo_client.notes import new_name
from dagwright_compiler.bundle import Bundle
from dagwright_compiler.cli.inputs import Inputs, inputs_of
from dagwright_compiler.cli.main import FINDINGS, SUCCESS
from dagwright_compiler.cli.options import (
    STDIN,
    STDIN_NAME,
    color_option,
    one_definition,
    parse_wanted,
    profile_option,
    project_options,
    refuse_option,
    set_option,
)
from dagwright_compiler.config import load_settings

if TYPE_CHECKING:
    from dagwright.values.form import Blobs
    from dagwright_argo_client.submitting import Provided, Submitted
    from dagwright_compiler.driver.naming import Wanted

_TARGET = "argo"
_NOTES = ".dagwright/submits"
_WITHOUT_SERVER = "without a server: `dagwright submit --dry-run FILE | kubectl apply --server-side -f -`"


class Prepared(msgspec.Struct, frozen=True):
    """What is to be submitted: a manifest, texts of its parameters, and what its store must hold before, ``bundle`` among it; ``folder`` is the project's."""

    manifest: Manifest
    values: Mapping[str, str]
    store: str
    blobs: Mapping[str, Any]
    folder: Path
    bundle: Bundle | None


class Read(NamedTuple):
    """What the command line named: its manifest, the rest of the arguments, the project's folder, and the code where only the store is to have it."""

    manifest: Manifest
    rest: list[str]
    folder: Path
    bundle: Bundle | None = None


@click.command("submit", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("target", metavar="FILE[:NAME]|-")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[NAME] [INPUTS]...")
@namespace_option
@following_options
@click.option("--inputs-file", metavar="FILE|-", help="Inputs as a JSON or YAML object; options given by name win.")
@click.option("--dry-run", is_flag=True, help="Print the objects that would be created, and create nothing.")
@click.option("--name-only", is_flag=True, help="Print the run's name and nothing else.")
@project_options
@profile_option
@set_option
@color_option
def command(
    *,
    target: str,
    arguments: tuple[str, ...],
    namespace: str | None,
    how: str | None,
    timeout_s: float | None,
    inputs_file: str | None,
    dry_run: bool,
    name_only: bool,
    project: str | None,
    domain: str | None,
    store: str | None,
    profile: str | None,
    constants: dict[str, Any],
    color: str,
) -> int:
    """Run a workflow on the cluster whose Argo Server ARGO_SERVER names.

    FILE is a Python file, or what `dagwright compile` made of one (`-`: either of them, from standard input). Options of dagwright stand before FILE,
    the inputs of the workflow after it, as for `dagwright run`; `dagwright submit FILE --help` shows them. Inputs are checked before anything is
    sent. The same command given again after it died half-way makes no second run.
    """
    refuse_option(target, command)
    if (how is not None) + dry_run + name_only > 1:
        raise click.UsageError("give one of --watch, --wait, --log, --dry-run and --name-only")
    patience = patience_of(how, timeout_s)
    flags = {"project": project, "domain": domain, "store": store, "profile": profile, "set": constants}
    with refusals_shown():
        read = _read(target, list(arguments), flags, color)
        if isinstance(read, int):
            return read
        manifest = read.manifest
        inputs = _inputs(manifest, read.rest, inputs_file, f"dagwright submit {target}")
        if inputs is None:
            return SUCCESS
        prepared = _prepared(read, inputs, store)
        place = namespace_of(namespace, os.environ, manifest.namespace)
        if dry_run:
            _print_objects(prepared, place)
            return SUCCESS
        server = connect(_WITHOUT_SERVER)
        submitted = _submit(prepared, server, place, name_only=name_only)
        if how is None:
            click.echo(submitted.name)
            return SUCCESS
        from dagwright_argo_client.commands.following import follow_run

        return follow_run(server, place, submitted.name, how, color=color, file=target, plan=manifest.plan(), patience=patience)


def _read(target: str, arguments: list[str], flags: Mapping[str, Any], color: str) -> Read | int:
    """Read a manifest, or compile Python to one; an exit code where that fails, after saying why."""
    wanted, rest = one_definition(parse_wanted(target), arguments)
    data = sys.stdin.buffer.read() if wanted.path is None else b""
    name = wanted.shown if wanted.path is None else wanted.path.name
    if not looks_compiled("" if wanted.path is None else name, data):
        return _compiled(wanted, data, rest, flags, color)
    try:
        if wanted.path is not None:
            data = wanted.path.read_bytes()
        if flags["project"] or flags["domain"] or flags["set"]:
            raise click.UsageError("--project, --domain and --set change what is compiled, and this is compiled already")
        settings = load_settings(wanted.path or Path.cwd(), flags=flags)
        manifest = read_manifest(
            data, wanted.name, stored_plan=lambda template, digest: _stored_plan(template, digest, settings.store)
        )
        return Read(manifest, rest, settings.root)
    except OSError as error:
        raise click.UsageError(f"{wanted.shown} cannot be read: {(error.strerror or str(error)).lower()}") from None
    except UnusableManifest as error:
        raise click.UsageError(f"{'standard input' if target == STDIN else wanted.shown}: {error}") from None


def _stored_plan(template: Mapping[str, Any], digest: str, store: str) -> bytes:
    """Read the plan of a manifest that holds a digest in its place."""
    from dagwright_argo_client.published import published_plan

    url = store_of(template) or store
    if not url:
        raise click.UsageError("the code of this manifest is in the store, and none is named: give --store s3://bucket/prefix")
    return published_plan(url, digest)


def _compiled(wanted: Wanted, data: bytes, rest: list[str], flags: Mapping[str, Any], color: str) -> Read | int:
    from dagwright_compiler.cli.sources import read_wanted
    from dagwright_compiler.cli.terminal import show_findings
    from dagwright_compiler.driver.compiling import lower_to
    from dagwright_compiler.driver.programs import load_definition
    from dagwright_compiler.driver.reading import read_sources

    if wanted.path is None:
        reading = read_sources({STDIN_NAME: data}, load_settings(Path.cwd(), flags=flags))
    else:
        reading = read_wanted([wanted], flags)
    loaded = load_definition(reading, wanted)
    artefact = lower_to(loaded, _TARGET) if loaded.program is not None else None
    code = show_findings(reading, sys.stderr, color=color)
    if code != SUCCESS or artefact is None:
        return code or FINDINGS
    bundle = artefact.bundle
    manifest = read_manifest("---\n".join(artefact.objects).encode(), stored_plan=lambda *_: bundle.plan)
    return Read(manifest, rest, reading.settings.root, bundle if bundle_of(manifest.template["spec"]) else None)


def _inputs(manifest: Manifest, rest: list[str], inputs_file: str | None, usage: str) -> Inputs | None:
    """Check the inputs; ``None`` when help was asked for and shown."""
    try:
        program = manifest.plan().program
    except UnusableManifest as error:
        raise click.UsageError(str(error)) from None
    return inputs_of(program, rest, inputs_file, usage, given=given_values(manifest))


def _prepared(read: Read, inputs: Inputs, store_flag: str | None) -> Prepared:
    """Write the inputs as parameters."""
    manifest, folder = read.manifest, read.folder
    try:
        arguments = arguments_of(manifest.plan().program, inputs.texts)
    except ValueError as error:
        raise click.UsageError(f"an input cannot be sent: {error}") from None
    values = dict(arguments.texts)
    store = _store(manifest, values, store_flag, folder)
    missing = missing_parameters(manifest, values)
    if missing:
        raise click.UsageError(
            f"the manifest takes parameters that are not inputs of its plan: {', '.join(missing)}; compile it again"
        )
    return Prepared(manifest, values, store, {**inputs.blobs, **arguments.blobs}, folder, read.bundle)


def _store(manifest: Manifest, values: dict[str, str], flag: str | None, folder: Path) -> str:
    """Find the store's URL, and set the parameter that takes it where there is one."""
    from dagwright.store.errors import StoreError
    from dagwright.store.opening import check_url

    fixed = store_of(manifest.template)
    if fixed is not None:
        if flag and flag != fixed:
            raise click.UsageError(f"this manifest keeps results in {fixed}; --store {flag} comes too late")
        return fixed
    parameter = store_parameter_of(manifest)
    url = flag or (given_values(manifest).get(parameter) if parameter else None) or load_settings(folder).store
    if not url or parameter is None:
        raise click.ClickException(
            "the run needs a store that its pods reach: give --store s3://bucket/prefix, set DAGWRIGHT_STORE, or configure `store`"
        )
    try:
        check_url(url)
    except StoreError as error:
        raise click.UsageError(str(error)) from None
    values[parameter] = url
    return url


def _print_objects(prepared: Prepared, namespace: str) -> None:
    """Print what would be created, for people, or for ``kubectl apply --server-side -f -``."""
    manifest = prepared.manifest
    workflow = workflow_of(manifest, name=new_name(manifest.name), namespace=namespace, values=prepared.values)
    objects = [{**item, "metadata": {**item["metadata"], "namespace": namespace}} for item in manifest.config_maps]
    # JSON is YAML that no reader takes a text for a number in.
    for item in (*objects, workflow):
        click.echo(f"---\n{json.dumps(item, indent=2, ensure_ascii=False)}")
    if prepared.bundle is not None:
        click.echo("dagwright: a dry run stores nothing: `dagwright publish` puts the code into the store", err=True)
    if prepared.blobs:
        values = "a value" if len(prepared.blobs) == 1 else f"{len(prepared.blobs)} values"
        click.echo(
            f"dagwright: a dry run stores nothing: {prepared.store} may lack {values} that these objects refer to", err=True
        )


def _submit(prepared: Prepared, server: Any, namespace: str, *, name_only: bool) -> Submitted:
    from dagwright_argo_client.kubernetes import open_kubectl
    from dagwright_argo_client.submitting import doubt_about_cluster, provide_code, submit

    notes = prepared.folder / _NOTES
    if prepared.blobs:
        _publish(prepared.store, dict(prepared.blobs))
    if prepared.bundle is not None:
        _publish_code(prepared.store, prepared.bundle)
    provided = provide_code(prepared.manifest, server, open_kubectl(namespace), namespace)
    try:
        submitted = submit(prepared.manifest, prepared.values, server, namespace=namespace, notes=notes)
    except OSError as error:
        raise click.ClickException(
            f"{notes} cannot be written: {error.strerror}; a submit notes there what it is about to do"
        ) from None
    if not name_only:
        _tell(submitted, provided, server.url, namespace)
    doubt = doubt_about_cluster(provided.cluster, submitted) if provided.cluster is not None else ""
    if doubt:
        click.echo(f"dagwright: {doubt}", err=True)
    _keep_plan(prepared, submitted)
    return submitted


def _keep_plan(prepared: Prepared, submitted: Submitted) -> None:
    """Leave the plan where those find it who have the store and not the cluster's ConfigMaps; the run needs none."""
    from dagwright.store import StoreError
    from dagwright_argo_client.results import Results
    from dagwright_argo_client.runs import Run

    try:
        Results(Run(submitted.workflow), prepared.store).keep_plan(prepared.manifest.plan_data)
    except StoreError as error:
        click.echo(f"dagwright: the plan of {submitted.name} is not kept in its store: {error}", err=True)


def _publish(url: str, blobs: Blobs) -> None:
    from dagwright.cache.blobs import publish_blobs
    from dagwright.store import open_store

    publish_blobs(open_store(url), blobs)


def _publish_code(url: str, bundle: Bundle) -> None:
    from dagwright.store import open_store
    from dagwright_compiler.driver.publishing import publish_bundle

    publish_bundle(open_store(url), bundle)


def _tell(submitted: Submitted, provided: Provided, url: str, namespace: str) -> None:
    if provided.remark:
        click.echo(f"dagwright: {provided.remark}", err=True)
    for name in provided.created:
        click.echo(f"dagwright: created ConfigMap {name}", err=True)
    verb = "was submitted before" if submitted.was_there else "submitted"
    click.echo(f"dagwright: {submitted.name} {verb} to {namespace} at {url}", err=True)
