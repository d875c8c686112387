"""``dagwright explain``: what a code means, with a wrong example and a right one."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from dagwright_compiler.cli.main import SUCCESS
from dagwright_compiler.cli.options import color_option
from dagwright_compiler.cli.terminal import wants_color, width
from dagwright_compiler.diagnostics import pages
from dagwright_compiler.diagnostics.codes import ALL
from dagwright_compiler.diagnostics.explanations import UnknownCodeError, codes_of
from dagwright_compiler.diagnostics.formats import pretty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dagwright_compiler.diagnostics.model import Code


@click.command("explain")
@click.argument("wanted", nargs=-1, metavar="CODE...")
@click.option("--list", "listed", is_flag=True, help="One line for each code instead of its page; all codes when none is given.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="What to write.",
)
@color_option
def command(*, wanted: tuple[str, ...], listed: bool, output_format: str, color: str) -> int:
    """Explain codes of findings.

    CODE is a code such as DW304, or the beginning of several: DW3 is everything about types, DW everything there is.
    """
    if not wanted and not listed:
        raise click.UsageError("name a code, as in `dagwright explain DW304`, or list them all with --list")
    sys.stdout.write(_shown(_codes(wanted or ("DW",)), output_format, listed=listed, color=color))
    return SUCCESS


def _shown(codes: Sequence[Code], output_format: str, *, listed: bool, color: str) -> str:
    if output_format == "json":
        found = (
            [{"code": code.id, "severity": code.severity, "title": code.title} for code in codes] if listed else pages.data(codes)
        )
        return pretty(found)
    if output_format == "markdown":
        return pages.markdown_listing(codes) if listed else pages.markdown(codes)
    from dagwright_compiler.diagnostics.text import TextRenderer

    paint = TextRenderer({}, color=wants_color(color, sys.stdout, os.environ)).paint
    return pages.listing(codes, paint) if listed else pages.text(codes, paint, width=width(sys.stdout))


def _codes(wanted: Sequence[str]) -> tuple[Code, ...]:
    """All codes that are asked for, each once, in the order of the request."""
    try:
        return tuple({code.id: code for start in wanted for code in codes_of(start)}.values())
    except UnknownCodeError as error:
        raise click.UsageError(f"there is no code `{error}`; {_instead(error)}") from error


def _instead(error: UnknownCodeError) -> str:
    """What to ask for in the place of a code that does not exist."""
    if error.meant:
        return f"did you mean `{error.meant}` ({ALL[error.meant].title})?"
    if error.about:
        return "these titles have the word:\n" + "\n".join(f"  {code.id}  {code.title}" for code in error.about)
    return "`dagwright explain --list` shows them all"
