"""``dagwright check``: every finding of files or folders, and nothing written."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from dagwright_compiler.cli.options import color_option, parse_wanted, project_options
from dagwright_compiler.cli.sources import read_wanted
from dagwright_compiler.cli.terminal import show_findings
from dagwright_compiler.driver.compiling import check_all
from dagwright_compiler.target_api import is_target, target_names

if TYPE_CHECKING:
    from dagwright_compiler.driver.reading import Reading


@click.command("check")
@click.argument("targets", nargs=-1, required=True, metavar="FILE|DIR|-...")
@click.option("-t", "--target", "form", metavar="argo|batch", help="Compile to this target too, for its own findings.")
@project_options
@color_option
def command(
    *, targets: tuple[str, ...], form: str | None, project: str | None, domain: str | None, store: str | None, color: str
) -> int:
    """Report everything that is wrong with files or folders.

    Exit code 0: clean, or warnings alone; 1: errors; 2: wrong usage or a file that cannot be read.
    """
    if form is not None and not is_target(form):
        raise click.BadParameter(f"`{form}` is no target; there are {', '.join(target_names())}", param_hint="-t")
    reading = read_wanted([parse_wanted(target) for target in targets], {"project": project, "domain": domain, "store": store})
    check_all(reading, form)
    code = show_findings(reading, sys.stdout, color=color)
    if not reading.diagnostics.sorted():
        click.echo(_clean(reading), err=True)
    return code


def _clean(reading: Reading) -> str:
    from dagwright_compiler.diagnostics.text import counted

    workflows, tasks = len(reading.elaborated.workflows), len(reading.elaborated.tasks)
    return f"no findings in {counted(workflows, 'workflow')} and {counted(tasks, 'task')}"
