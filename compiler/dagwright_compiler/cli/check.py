"""``dagwright check``: every finding of files or folders, and nothing written."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from dagwright_compiler.cli.main import SUCCESS, UNUSABLE
from dagwright_compiler.cli.options import color_option, parse_wanted, project_options
from dagwright_compiler.cli.sources import read_wanted
from dagwright_compiler.cli.terminal import exit_code, renderer
from dagwright_compiler.driver.compiling import check_all
from dagwright_compiler.target_api import is_target, target_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dagwright_compiler.diagnostics.model import Diagnostic
    from dagwright_compiler.driver.reading import Reading

FORMATS = ("full", "concise", "json", "github", "sarif")
_COUNTED = ("full", "concise", "json")
"""Formats that statistics can be written in."""


@click.command("check")
@click.argument("targets", nargs=-1, required=True, metavar="FILE|DIR|-...")
@click.option("-t", "--target", "form", metavar="argo|batch", help="Compile to this target too, for its own findings.")
@click.option("--output-format", type=click.Choice(FORMATS), default="full", show_default=True, help="How findings are written.")
@click.option("--statistics", is_flag=True, help="How often each code was found, instead of the findings.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found, as long as every file can be read.")
@project_options
@color_option
def command(
    *,
    targets: tuple[str, ...],
    form: str | None,
    output_format: str,
    statistics: bool,
    exit_zero: bool,
    project: str | None,
    domain: str | None,
    store: str | None,
    color: str,
) -> int:
    """Report everything that is wrong with files or folders.

    Exit code 0: clean, or warnings alone; 1: errors; 2: wrong usage or a file that cannot be read. `dagwright explain CODE` says more of a finding.
    """
    if form is not None and not is_target(form):
        raise click.BadParameter(f"`{form}` is no target; there are {', '.join(target_names())}", param_hint="-t")
    if statistics and output_format not in _COUNTED:
        raise click.UsageError(f"--statistics is written as {', '.join(_COUNTED)}; {output_format} holds findings only")
    reading = read_wanted([parse_wanted(target) for target in targets], {"project": project, "domain": domain, "store": store})
    check_all(reading, form)
    found = reading.diagnostics.sorted()
    sys.stdout.write(_shown(found, reading, output_format, statistics=statistics, color=color))
    sys.stdout.flush()
    if not found:
        click.echo(_clean(reading), err=True)
    code = exit_code(found)
    return SUCCESS if exit_zero and code != UNUSABLE else code


def _shown(found: Sequence[Diagnostic], reading: Reading, form: str, *, statistics: bool, color: str) -> str:
    """Everything for standard output; clean projects need none of the renderers, except where a program wants its document."""
    if not found and form not in ("json", "sarif"):
        return ""
    if form == "full" and not statistics:
        return renderer(reading, sys.stdout, color).report(found)
    if form == "sarif":
        from dagwright_compiler.diagnostics import sarif

        return sarif.render(found, reading.sources())
    from dagwright_compiler.diagnostics import formats

    if not statistics:
        return formats.render(found, reading.sources(), form)
    if form == "json":
        return formats.statistics_json(found)
    return formats.statistics(found, renderer(reading, sys.stdout, color).paint)


def _clean(reading: Reading) -> str:
    from dagwright_compiler.diagnostics.text import counted

    workflows, tasks = len(reading.elaborated.workflows), len(reading.elaborated.tasks)
    return f"no findings in {counted(workflows, 'workflow')} and {counted(tasks, 'task')}"
