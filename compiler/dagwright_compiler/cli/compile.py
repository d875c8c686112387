"""``dagwright compile``: workflows to manifests, on standard output or in files."""

from __future__ import annotations

import sys

import click

from dagwright_compiler.cli.main import FINDINGS, SUCCESS
from dagwright_compiler.cli.options import (
    STDIN,
    color_option,
    finding_options,
    parse_wanted,
    project_options,
    set_option,
    stdin_option,
)
from dagwright_compiler.cli.sources import read_wanted
from dagwright_compiler.cli.terminal import show_findings
from dagwright_compiler.driver.compiling import PLAIN_FORMS, Compilation, compile_all
from dagwright_compiler.driver.layout import stream
from dagwright_compiler.target_api import is_target, target_names


@click.command("compile")
@click.argument("targets", nargs=-1, required=True, metavar="FILE[:NAME]|DIR|-...")
@click.option(
    "-t", "--target", "form", default="argo", show_default=True, metavar="argo|batch|ir|plan", help="What to compile to."
)
@click.option(
    "-o", "--output", default=STDIN, metavar="-|FILE|DIR", help="Where to write; a folder gets a file for each workflow."
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 and show a diff when the output is stale.")
@finding_options
@stdin_option
@project_options
@set_option
@color_option
def command(
    *,
    targets: tuple[str, ...],
    form: str,
    output: str,
    check: bool,
    output_format: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    stdin_filename: str | None,
    project: str | None,
    domain: str | None,
    store: str | None,
    constants: dict[str, object],
    color: str,
) -> int:
    """Compile workflows to manifests.

    FILE stands for all its workflows, FILE:NAME for one workflow or task, DIR for the Python files below it, - for standard input.
    Standard output carries the manifest and nothing else, standard error the findings. Nothing is written when anything is wrong, and no
    error can be left out.
    """
    if form not in PLAIN_FORMS and not is_target(form):
        raise click.BadParameter(
            f"`{form}` is no target; there are {', '.join([*target_names(), *PLAIN_FORMS])}", param_hint="-t"
        )
    if check and output == STDIN:
        raise click.UsageError("--check compares with what stands in a file or folder: give it with -o")
    wanted = [parse_wanted(target, stdin_filename) for target in targets]
    flags = {"project": project, "domain": domain, "store": store, "set": constants}
    reading = read_wanted(wanted, flags, stdin_filename)
    compilation = compile_all(reading, wanted, form)
    code = show_findings(reading, sys.stderr, color=color, form=output_format, select=select, ignore=ignore)
    if code != SUCCESS:
        return code
    if check:
        return _check(compilation, output)
    if output == STDIN:
        sys.stdout.buffer.write(stream(compilation).encode())
        sys.stdout.buffer.flush()
        return SUCCESS
    from dagwright_compiler.cli.outputs import write

    click.echo(write(compilation, output), err=True)
    return SUCCESS


def _check(compilation: Compilation, output: str) -> int:
    from dagwright_compiler.cli.outputs import compare

    difference = compare(compilation, output)
    sys.stdout.buffer.write("".join(difference.diffs).encode("utf-8", "surrogateescape"))
    sys.stdout.buffer.flush()
    for line in difference.words:
        click.echo(line, err=True)
    return FINDINGS if difference.words else SUCCESS
