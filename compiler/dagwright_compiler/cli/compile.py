"""``dagwright compile``: workflows to manifests, on standard output or in files."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import msgspec

from dagwright_compiler.cli.main import FINDINGS, SUCCESS
from dagwright_compiler.cli.options import (
    STDIN,
    color_option,
    finding_options,
    one_definition,
    parse_wanted,
    profile_option,
    project_options,
    set_option,
    stdin_option,
)
from dagwright_compiler.cli.sources import read_wanted
from dagwright_compiler.cli.terminal import show_findings
from dagwright_compiler.driver.compiling import PLAIN_FORMS, Compilation, compile_all, compile_one
from dagwright_compiler.driver.layout import stream
from dagwright_compiler.driver.programs import load_definition
from dagwright_compiler.target_api import Granting, is_target, load_target, target_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dagwright_compiler.driver.reading import Reading
    from dagwright_compiler.ir.program import Program

_ARGO = "argo"
_OF_ARGO = ("kind", "name", "schedule", "timezone", "runtime", "bundle", "namespace")
"""Options that only this target understands."""
_RUN = "Workflow"
"""The kind of object that is one run, as Argo calls it."""


@click.command("compile")
@click.argument("targets", nargs=-1, required=True, metavar="FILE[:NAME]|DIR|-... [-- INPUTS...]")
@click.option(
    "-t", "--target", "form", default="argo", show_default=True, metavar="argo|batch|ir|plan", help="What to compile to."
)
@click.option(
    "-o", "--output", default=STDIN, metavar="-|FILE|DIR", help="Where to write; a folder gets a file for each workflow."
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 and show a diff when the output is stale.")
@click.option("--emit", type=click.Choice(["rbac"]), help="Instead of workflows: the Role and RoleBinding that their pods need.")
@click.option("--kustomize", is_flag=True, help="With -o DIR: add a kustomization.yaml that lists the files.")
@click.option(
    "--kind", metavar="KIND", help="WorkflowTemplate, Workflow (one run) or CronWorkflow.  [default: template, and its schedules]"
)
@click.option("--name", metavar="NAME", help="Name of the Workflow or the CronWorkflow.")
@click.option("--schedule", multiple=True, metavar="CRON", help="When the CronWorkflow runs, as in '30 3 * * MON-FRI'.")
@click.option("--timezone", metavar="ZONE", help="Whose clock the schedule follows.  [default: UTC]")
@click.option("--inputs-file", metavar="FILE", help="Inputs of the run as a JSON or YAML object; those behind -- win.")
@click.option(
    "--runtime", type=click.Choice(["archive", "image"]), help="Where pods have the runtime from, over the setting of this name."
)
@click.option(
    "--bundle",
    type=click.Choice(["manifest", "store"]),
    help="Where plan and code stand, over the setting; `dagwright publish` puts them into the store.",
)
@click.option("-n", "--namespace", metavar="NS", help="Namespace of everything, over the settings'.")
@finding_options
@stdin_option
@project_options
@profile_option
@set_option
@color_option
def command(*, targets: tuple[str, ...], stdin_filename: str | None, color: str, **options: Any) -> int:
    """Compile workflows to manifests.

    FILE stands for all its workflows, FILE:NAME for one workflow or task, DIR for the Python files below it, - for standard input.
    Standard output carries the manifest and nothing else, standard error the findings. Nothing is written when anything is wrong, and no
    error can be left out. Inputs of a Workflow, or of a --schedule, stand behind --, as in `compile --kind Workflow FILE -- --n 4`.
    """
    asked = Asked(**options)
    _refuse_contradictions(asked)
    flags: dict[str, Any] = {name: getattr(asked, name) for name in ("project", "domain", "store", "profile")}
    flags["set"] = asked.constants
    if asked.emit:
        return _emit_rights(read_wanted([parse_wanted(target) for target in targets], flags), asked, color)
    if asked.takes_inputs:
        wanted, rest = one_definition(parse_wanted(targets[0], stdin_filename), list(targets[1:]))
        reading = read_wanted([wanted], flags, stdin_filename)
        loaded = load_definition(reading, wanted)
        inputs = {} if loaded.program is None else _inputs(loaded.program, rest, asked, targets[0])
        if inputs is None:
            return SUCCESS
        compilation = compile_one(loaded, asked.form, asked.of_target(inputs))
    else:
        all_wanted = [parse_wanted(target, stdin_filename) for target in targets]
        reading = read_wanted(all_wanted, flags, stdin_filename)
        compilation = compile_all(reading, all_wanted, asked.form, asked.of_target({}))
    code = show_findings(reading, sys.stderr, color=color, form=asked.output_format, select=asked.select, ignore=asked.ignore)
    if code != SUCCESS:
        return code
    return _deliver(msgspec.structs.replace(compilation, is_listed=asked.kustomize), asked)


class Asked(NamedTuple):
    """The options of one command line."""

    form: str
    output: str
    check: bool
    emit: str | None
    kustomize: bool
    kind: str | None
    name: str | None
    schedule: tuple[str, ...]
    timezone: str | None
    inputs_file: str | None
    runtime: str | None
    bundle: str | None
    namespace: str | None
    output_format: str
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    project: str | None
    domain: str | None
    store: str | None
    profile: str | None
    constants: dict[str, object]

    @property
    def takes_inputs(self) -> bool:
        """Whether one workflow is compiled with values for its inputs."""
        return self.kind == _RUN or bool(self.schedule)

    def of_target(self, inputs: Mapping[str, str]) -> dict[str, Any]:
        """What only the target understands; empty where nothing of it was given."""
        given = {name: getattr(self, name) for name in _OF_ARGO}
        return {name: value for name, value in (*given.items(), ("inputs", inputs)) if value}


def _refuse_contradictions(asked: Asked) -> None:
    if asked.form not in PLAIN_FORMS and not is_target(asked.form):
        known = ", ".join([*target_names(), *PLAIN_FORMS])
        raise click.BadParameter(f"`{asked.form}` is not a target; there are {known}", param_hint="-t")
    if asked.check and asked.output == STDIN:
        raise click.UsageError("--check compares with what stands in a file or folder: give it with -o")
    of_argo = [name for name in _OF_ARGO if getattr(asked, name)]
    if of_argo and asked.form != _ARGO:
        raise click.UsageError(f"--{of_argo[0]} says something of an object of Kubernetes: leave it out with -t {asked.form}")
    if asked.inputs_file is not None and not asked.takes_inputs:
        raise click.UsageError(f"--inputs-file holds the inputs of a run: give --kind {_RUN}, or --schedule")
    if asked.emit and (asked.output != STDIN or asked.check or asked.kind or asked.form in PLAIN_FORMS):
        raise click.UsageError("--emit rbac writes to standard output, for -t argo, and takes --profile and -n only")
    if asked.kustomize:
        from dagwright_compiler.cli.outputs import is_folder

        if asked.form != _ARGO or asked.output == STDIN or not is_folder(asked.output):
            raise click.UsageError("--kustomize lists the manifests of a folder: give the folder with -o")


def _emit_rights(reading: Reading, asked: Asked, color: str) -> int:
    """Write the objects that grant a target's pods their rights."""
    target = load_target(asked.form)
    if not isinstance(target, Granting):
        raise click.UsageError(f"--emit rbac writes objects of Kubernetes: leave it out with -t {asked.form}")
    text = target.rights(reading.settings.targets.get(asked.form, {}), asked.namespace or "", reading.diagnostics)
    code = show_findings(reading, sys.stderr, color=color)
    if code == SUCCESS:
        click.echo(text, nl=False)
    return code


def _inputs(program: Program, rest: Sequence[str], asked: Asked, target: str) -> Mapping[str, str] | None:
    """Read inputs as `run` does; ``None`` when help was asked for and shown."""
    from shlex import quote

    from dagwright_compiler.cli.inputs import read_inputs

    how = f"--kind {_RUN}" if asked.kind == _RUN else f"--schedule {quote(asked.schedule[0])}"
    inputs = read_inputs(program, rest, asked.inputs_file, f"dagwright compile {how} {target} --")
    if inputs is not None and inputs.blobs:
        raise click.UsageError("a file of this machine is not there where the run is: give its URL, or use `dagwright submit`")
    return None if inputs is None else inputs.texts


def _deliver(compilation: Compilation, asked: Asked) -> int:
    """Write the output, or compare it with what stands there."""
    if asked.check:
        return _check(compilation, asked.output)
    if asked.output == STDIN:
        sys.stdout.buffer.write(stream(compilation).encode())
        sys.stdout.buffer.flush()
        return SUCCESS
    from dagwright_compiler.cli.outputs import write

    click.echo(write(compilation, asked.output), err=True)
    return SUCCESS


def _check(compilation: Compilation, output: str) -> int:
    from dagwright_compiler.cli.outputs import compare

    difference = compare(compilation, output)
    sys.stdout.buffer.write("".join(difference.diffs).encode("utf-8", "surrogateescape"))
    sys.stdout.buffer.flush()
    for line in difference.words:
        click.echo(line, err=True)
    return FINDINGS if difference.words else SUCCESS
