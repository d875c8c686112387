"""What the commands share on the command line: options, and the form of ``FILE[:NAME]``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dagwright_compiler.diagnostics.selection import UnknownStartError, checked_start
from dagwright_compiler.diagnostics.suggestions import nearest
from dagwright_compiler.driver.naming import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")

STDIN = "-"
STDIN_NAME = "stdin.py"
"""What messages and the bundle call a file that came through standard input."""

FORMATS = ("full", "concise", "json", "github", "sarif")
"""How findings can be written."""


def project_options(function: F) -> F:
    """Add ``--project``, ``--domain`` and ``--store``: flags over environment over settings file."""
    options = (
        click.option("--project", metavar="NAME", help="Project that cache keys belong to."),
        click.option("--domain", metavar="NAME", help="Domain that cache keys belong to."),
        click.option("--store", metavar="URL", help="Store that values are kept in (file://, s3://, gs:// or az://)."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def profile_option(function: F) -> F:
    """Add ``--profile``: a table of the settings whose keys go over the project's."""
    return click.option(
        "--profile", metavar="NAME", help="Take the settings of [tool.dagwright.profiles.NAME] over the project's."
    )(function)


def set_option(function: F) -> F:
    """Add ``--set``: values of constants that the source leaves to the environment, the clock or chance."""
    return click.option(
        "--set",
        "constants",
        multiple=True,
        metavar="NAME=VALUE",
        callback=_constants,
        help="Value of a constant that the source does not tell: text or JSON. MODULE.NAME where several have the name.",
    )(function)


def _constants(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> dict[str, Any]:
    """Names with their values: JSON where it is some, else text."""
    found: dict[str, Any] = {}
    for text in value:
        name, equals, written = text.partition("=")
        if not equals or not all(part.isidentifier() for part in name.split(".")):
            raise click.BadParameter(f"`{text}` has not the form NAME=VALUE", context, parameter)
        try:
            found[name] = json.loads(written)
        except ValueError:
            found[name] = written
    return found


def stdin_option(function: F) -> F:
    """Add ``--stdin-filename``."""
    return click.option(
        "--stdin-filename", metavar="PATH", help="With -: the file that standard input stands for; it need not exist."
    )(function)


def color_option(function: F) -> F:
    """Add ``--color``."""
    choices = click.Choice(["auto", "always", "never"])
    option = click.option("--color", type=choices, default="auto", show_default=True, help="Whether messages are coloured.")
    return option(function)


def finding_options(function: F) -> F:
    """Add ``--output-format``, ``--select`` and ``--ignore``: how findings are written, and which."""
    options = (
        click.option(
            "--output-format", type=click.Choice(FORMATS), default="full", show_default=True, help="How findings are written."
        ),
        click.option(
            "--select",
            multiple=True,
            metavar="CODES",
            callback=_starts,
            help="Show these codes only: DW304, or DW3 for all of 3xx.",
        ),
        click.option(
            "--ignore",
            multiple=True,
            metavar="CODES",
            callback=_starts,
            help="Leave these codes out; the longer of two beginnings wins.",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def _starts(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Codes of an option that may be given several times, each with several codes between commas."""
    try:
        return tuple(checked_start(start) for part in value for start in part.split(","))
    except UnknownStartError as error:
        raise click.BadParameter(f"{error}; {error.help}".removesuffix("; "), context, parameter) from error


def parse_wanted(text: str, stdin_filename: str | None = None) -> Wanted:
    """Read ``FILE``, ``DIR`` or ``FILE:NAME``; ``-`` is standard input, which may stand for a file.

    Raises:
        click.BadParameter: There is no such file or folder.
    """
    if text == STDIN:
        return Wanted(None, None, stdin_filename or STDIN_NAME)
    path, name = Path(text), None
    if not path.exists():
        head, _, tail = text.rpartition(":")
        if head and all(part.isidentifier() for part in tail.split(".")):
            path, name = Path(head), tail
    if not path.exists():
        raise click.BadParameter(f"{path} does not exist")
    return Wanted(path, name, str(path))


def one_definition(wanted: Wanted, rest: list[str]) -> tuple[Wanted, list[str]]:
    """Take the definition's name from the first argument where it does not stand behind the file.

    Raises:
        click.UsageError: A folder is named, or the definition twice.
    """
    if wanted.path is not None and wanted.path.is_dir():
        raise click.BadParameter(f"{wanted.shown} is a folder; a run takes one file", param_hint="FILE")
    if rest and not rest[0].startswith("-"):
        if wanted.name is not None:
            raise click.UsageError(f"`{rest[0]}` is one name too many: {wanted.name} stands behind the file already")
        return Wanted(wanted.path, rest[0], wanted.shown), rest[1:]
    return wanted, rest


def refuse_option(target: str, command: click.Command) -> None:
    """Refuse an option in the place of FILE that is none of the command's; click lets it through, as it must let the inputs' own.

    Raises:
        click.NoSuchOption: It is one.
    """
    if target.startswith("-") and target != STDIN:
        option = target.partition("=")[0]
        known = [name for parameter in command.params for name in parameter.opts if name.startswith("--")]
        meant = nearest(option, known)
        raise click.NoSuchOption(option, possibilities=[meant] if meant else None)
