"""Writes ``docs/reference/cli.md`` from the commands themselves: ``python tests/cli_reference.py > docs/reference/cli.md``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from dagwright_compiler.cli.main import cli

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = """\
# The command line

<!-- Written by `python tests/cli_reference.py`; a test holds it to that. -->

`dagwright`, or `dw`. Every command has `--help`; with a file, `dagwright run FILE --help` and `dagwright submit FILE --help` show the inputs of its workflow. Standard
output carries results alone, everything else goes to standard error. [Exit codes](exit-codes.md) and [variables](variables.md) have pages of their own.

| command | does |
|---|---|
"""


def text() -> str:
    """The page."""
    commands = list(_commands(cli, click.Context(cli, info_name="dagwright")))
    index = "".join(f"| [`{name}`](#{_anchor(name)}) | {_first(command)} |\n" for name, command, _ in commands)
    return HEAD + index + "".join(_section(name, command, context) for name, command, context in commands)


def _commands(group: click.Group, context: click.Context) -> Iterator[tuple[str, click.Command, click.Context]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        below = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from _commands(command, below)
        else:
            yield below.command_path, command, below


def _anchor(name: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return name.replace(" ", "-")


def _first(command: click.Command) -> str:
    return _cell(" ".join((command.help or "").replace("\b", "").split("\n\n", 1)[0].split()))


def _section(name: str, command: click.Command, context: click.Context) -> str:
    pieces = " ".join(command.collect_usage_pieces(context))
    paragraphs = "\n\n".join(" ".join(part.split()) for part in (command.help or "").replace("\b", "").split("\n\n"))
    rows = "".join(_rows(command, context))
    return (
        f"\n## {name}\n\n```text\n{name} {pieces}\n```\n\n{paragraphs}\n\n| option | meaning | default |\n|---|---|---|\n{rows}"
    )


def _rows(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        if not isinstance(parameter, click.Option) or parameter.hidden or "--help" in parameter.opts:
            continue
        names, meaning = parameter.get_help_record(context) or ("", "")
        found = re.search(r"\s*\[default:\s*(?P<default>.*?)\](?=\s*(?:\[|$))", meaning)
        default = f"`{found['default'].strip('()')}`" if found else ""
        words = re.sub(r"\s*\[(default:|x>=).*$", "", meaning)
        yield f"| {', '.join(f'`{_cell(part)}`' for part in names.split(', '))} | {_cell(words)} | {_cell(default)} |\n"


def _cell(words: str) -> str:
    """Text of a table's cell: a bar would end it."""
    return words.replace("|", "\\|")


if __name__ == "__main__":
    print(text(), end="")
