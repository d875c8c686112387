"""``dagwright check``: every finding of files or folders, and nothing written."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from dagwright_compiler.cli.main import SUCCESS, UNUSABLE
from dagwright_compiler.cli.options import color_option, parse_wanted, project_options, stdin_option
from dagwright_compiler.cli.sources import read_wanted
from dagwright_compiler.cli.terminal import exit_code, renderer
from dagwright_compiler.diagnostics.selection import Selection, UnknownStartError, checked_start
from dagwright_compiler.driver.compiling import check_all
from dagwright_compiler.driver.reporting import checked
from dagwright_compiler.target_api import is_target, target_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dagwright_compiler.diagnostics.model import Diagnostic
    from dagwright_compiler.driver.reading import Reading

FORMATS = ("full", "concise", "json", "github", "sarif")
_COUNTED = ("full", "concise", "json")
"""Formats that statistics can be written in."""


def _starts(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Codes of an option that may be given several times, each with several codes between commas."""
    try:
        return tuple(checked_start(start) for part in value for start in part.split(","))
    except UnknownStartError as error:
        raise click.BadParameter(f"{error}; {error.help}".removesuffix("; "), context, parameter) from error


@click.command("check")
@click.argument("targets", nargs=-1, required=True, metavar="FILE|DIR|-...")
@click.option("-t", "--target", "form", metavar="argo|batch", help="Compile to this target too, for its own findings.")
@click.option("--output-format", type=click.Choice(FORMATS), default="full", show_default=True, help="How findings are written.")
@click.option(
    "--select", multiple=True, metavar="CODES", callback=_starts, help="Show these codes only: DW304, or DW3 for all of 3xx."
)
@click.option(
    "--ignore", multiple=True, metavar="CODES", callback=_starts, help="Leave these codes out; the longer of two beginnings wins."
)
@click.option("--statistics", is_flag=True, help="How often each code was found, instead of the findings.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found, as long as every file can be read.")
@stdin_option
@project_options
@color_option
def command(
    *,
    targets: tuple[str, ...],
    form: str | None,
    output_format: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    statistics: bool,
    exit_zero: bool,
    stdin_filename: str | None,
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
    wanted = [parse_wanted(target, stdin_filename) for target in targets]
    reading = read_wanted(wanted, {"project": project, "domain": domain, "store": store}, stdin_filename)
    check_all(reading, form)
    everything = reading.diagnostics.sorted()
    found = checked(reading, _selection(reading.settings.check, select, ignore))
    sys.stdout.write(_shown(found, reading, output_format, statistics=statistics, color=color))
    sys.stdout.flush()
    if not found:
        click.echo(_clean(reading, len(everything)), err=True)
    # A file that nobody could read stays unread, whoever asks for its finding.
    code = UNUSABLE if exit_code(everything) == UNUSABLE else exit_code(found)
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


def _selection(configured: Selection, select: tuple[str, ...], ignore: tuple[str, ...]) -> Selection:
    """The selection of the settings, each part under its flag."""
    return replace(configured, select=select or configured.select, ignore=ignore or configured.ignore)


def _clean(reading: Reading, ignored: int) -> str:
    from dagwright_compiler.diagnostics.text import counted

    workflows, tasks = len(reading.elaborated.workflows), len(reading.elaborated.tasks)
    return f"no findings in {counted(workflows, 'workflow')} and {counted(tasks, 'task')}" + (
        f" ({ignored} ignored)" if ignored else ""
    )
