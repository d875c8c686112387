"""``dagwright check``: every finding of files or folders, and nothing written."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

import click

from dagwright_compiler.cli.main import SUCCESS, UNUSABLE
from dagwright_compiler.cli.options import (
    STDIN,
    color_option,
    finding_options,
    parse_wanted,
    profile_option,
    project_options,
    set_option,
    stdin_option,
)
from dagwright_compiler.cli.sources import Inputs
from dagwright_compiler.cli.terminal import exit_code, renderer, selection, written
from dagwright_compiler.diagnostics.wording import counted
from dagwright_compiler.driver.compiling import check_all
from dagwright_compiler.driver.naming import wanted_definition
from dagwright_compiler.driver.reporting import checked
from dagwright_compiler.target_api import is_target, target_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dagwright_compiler.diagnostics.model import Diagnostic
    from dagwright_compiler.driver.reading import Reading

_COUNTED = ("full", "concise", "json")
"""Formats that statistics can be written in."""
_WATCHED = ("full", "concise")
"""Formats that can be written again and again."""


@click.command("check")
@click.argument("targets", nargs=-1, required=True, metavar="FILE|DIR|-...")
@click.option("-t", "--target", "form", metavar="argo|batch", help="Compile to this target too, for its own findings.")
@finding_options
@click.option("--fix", is_flag=True, help="Write the fixes of findings marked [*] into the files.")
@click.option("--diff", is_flag=True, help="Show what --fix would write, and write nothing.")
@click.option("--unsafe-fixes", is_flag=True, help="Count fixes that may not be what you mean as fixes too.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes, until Ctrl-C.")
@click.option("--statistics", is_flag=True, help="How often each code was found, instead of the findings.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found, as long as every file can be read.")
@stdin_option
@project_options
@profile_option
@set_option
@color_option
def command(*, targets: tuple[str, ...], stdin_filename: str | None, **options: Any) -> int:
    """Report everything that is wrong with files or folders.

    Exit code 0: clean, or warnings alone; 1: errors, or changes that --diff shows; 2: wrong usage or a file that cannot be read. `dagwright
    explain CODE` says more of a finding.
    """
    asked = Asked(**options)
    _refuse_contradictions(asked, targets)
    wanted = [parse_wanted(target, stdin_filename) for target in targets]
    flags = {
        "project": asked.project,
        "domain": asked.domain,
        "store": asked.store,
        "profile": asked.profile,
        "set": asked.constants,
    }
    inputs = Inputs(wanted, flags, stdin_filename)
    if asked.watch:
        from dagwright_compiler.cli.watching import watch

        return watch(lambda: _check(inputs, asked), inputs.paths)
    return _fix(inputs, asked) if asked.fix or asked.diff else _check(inputs, asked)[0]


class Asked(NamedTuple):
    """The options of one command line."""

    form: str | None
    output_format: str
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    fix: bool
    diff: bool
    unsafe_fixes: bool
    watch: bool
    statistics: bool
    exit_zero: bool
    project: str | None
    domain: str | None
    store: str | None
    profile: str | None
    constants: dict[str, Any]
    color: str


def _refuse_contradictions(asked: Asked, targets: Sequence[str]) -> None:
    if asked.form is not None and not is_target(asked.form):
        raise click.BadParameter(f"`{asked.form}` is not a target; there are {', '.join(target_names())}", param_hint="-t")
    if asked.statistics and asked.output_format not in _COUNTED:
        raise click.UsageError(f"--statistics is written as {', '.join(_COUNTED)}; {asked.output_format} holds findings only")
    if asked.fix and asked.diff:
        raise click.UsageError("--fix writes what --diff only shows: give one of them")
    if asked.diff and (asked.statistics or asked.output_format != "full"):
        raise click.UsageError("--diff shows changes and no findings: leave --output-format and --statistics out")
    if asked.watch and (asked.fix or asked.diff):
        raise click.UsageError("--watch shows findings; fix them with --fix in a run of its own")
    if asked.watch and STDIN in targets:
        raise click.UsageError("standard input (-) comes once: there is nothing to watch")
    if asked.watch and asked.output_format not in _WATCHED:
        raise click.UsageError(f"--watch writes {' or '.join(_WATCHED)}; {asked.output_format} is one document a run")


def _check(inputs: Inputs, asked: Asked) -> tuple[int, Reading]:
    """Check once and show what was found."""
    reading = inputs.read()
    found = _find(inputs, reading, asked)
    if found:
        from dagwright_compiler.fixes.making import with_fixes

        found = with_fixes(found, reading.sources())
    return _show(found, reading, asked, sys.stdout), reading


def _fix(inputs: Inputs, asked: Asked) -> int:
    """Fix what can be fixed and show the rest, or show the changes alone."""
    from dagwright_compiler.cli.fixing import show_diff, tell_count, write_fixes
    from dagwright_compiler.driver.fixing import fix_all

    fixed = fix_all(inputs, lambda reading: _find(inputs, reading, asked), unsafe=asked.unsafe_fixes, only=inputs.stdin_location)
    if asked.diff:
        code = show_diff(fixed, asked.color)
        return UNUSABLE if exit_code(fixed.reading.diagnostics.sorted()) == UNUSABLE else SUCCESS if asked.exit_zero else code
    written = SUCCESS
    if inputs.is_stdin:
        # As a filter in an editor: standard output is the text, whatever was found.
        sys.stdout.buffer.write(fixed.changes[0].after if fixed.changes else inputs.original(inputs.stdin_location or ""))
        sys.stdout.buffer.flush()
    else:
        written = write_fixes(fixed)
    code = _show(fixed.found, fixed.reading, asked, sys.stderr if inputs.is_stdin else sys.stdout, is_fixed=True)
    tell_count(fixed)
    return max(code, written)


def _find(inputs: Inputs, reading: Reading, asked: Asked) -> tuple[Diagnostic, ...]:
    """Everything that is to be shown; files are checked whole, also where one definition is named, which has to be there."""
    check_all(reading, asked.form, inputs.wanted)
    for item in inputs.wanted:
        if item.name is not None:
            wanted_definition(reading, item)
    return checked(reading, selection(reading, asked.select, asked.ignore))


def _show(found: Sequence[Diagnostic], reading: Reading, asked: Asked, stream: TextIO, *, is_fixed: bool = False) -> int:
    """Write findings and give the exit code that they call for."""
    everything = reading.diagnostics.sorted()
    stream.write(_shown(found, reading, asked, stream))
    stream.flush()
    if not found and not is_fixed:
        click.echo(_clean(reading, len(everything)), err=True)
    # A file that nobody could read stays unread, whoever asks for its finding.
    code = UNUSABLE if exit_code(everything) == UNUSABLE else exit_code(found)
    return SUCCESS if asked.exit_zero and code != UNUSABLE else code


def _shown(found: Sequence[Diagnostic], reading: Reading, asked: Asked, stream: TextIO) -> str:
    """The text of findings, or of their numbers."""
    form = asked.output_format
    if not asked.statistics:
        return written(found, reading, stream, form, color=asked.color, unsafe_fixes=asked.unsafe_fixes)
    if not found and form != "json":
        return ""
    from dagwright_compiler.diagnostics import formats

    if form == "json":
        return formats.statistics_json(found)
    return formats.statistics(found, renderer(reading, stream, asked.color).paint)


def _clean(reading: Reading, ignored: int) -> str:
    workflows, tasks = len(reading.elaborated.workflows), len(reading.elaborated.tasks)
    return f"no findings in {counted(workflows, 'workflow')} and {counted(tasks, 'task')}" + (
        f" ({ignored} ignored)" if ignored else ""
    )
