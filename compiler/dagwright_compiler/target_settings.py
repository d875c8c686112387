"""A target's own table of settings: raw values in, typed values and findings out, with TOML's words for what is wrong."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from dagwright_compiler.diagnostics.codes import UNKNOWN_SETTING
from dagwright_compiler.diagnostics.model import Code, Collector, Diagnostic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dagwright_compiler.source import Span

_WORDS = {
    "int": "a number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "object": "a table",
    "array": "a list",
}
_TYPES = re.compile(rf"`((?:(?:{'|'.join(_WORDS)}|null)(?: \| )?)+)`")

Settings = TypeVar("Settings", bound=msgspec.Struct)


class Table(msgspec.Struct, frozen=True):
    """How messages call a table, its target, and a value of the wrong type."""

    name: str
    """With its brackets: ``[tool.dagwright.argo]``."""
    target: str
    wrong: Code


def read_table(
    kind: type[Settings], raw: Mapping[str, Any], table: Table, found: Collector, place: Callable[[Any], Span | None]
) -> Settings:
    """Read every setting; a wrong one is reported and replaced by its default, so that all are reported at once.

    Args:
        kind: What the table is, with a default for each setting.
        raw: The table as it was read.
        table: How messages call it.
        found: Takes the findings.
        place: Where a key of the table, or something below it (several keys), is written.
    """
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    values: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in fields:
            near = difflib.get_close_matches(name, fields, 1)
            help_text = f"write {near[0]}" if near else f"{table.target} knows {', '.join(fields)}"
            found.add(Diagnostic(UNKNOWN_SETTING, f"unknown setting {name} in {table.name}", place(name), help=help_text))
            continue
        try:
            values[name] = msgspec.convert(value, fields[name].type)
        except msgspec.ValidationError as error:
            at = place((name, *_path(str(error))))
            found.add(Diagnostic(table.wrong, f"setting {name} of {table.name}: {_in_words(str(error))}", at))
    return kind(**values)


def _path(text: str) -> tuple[str | int, ...]:
    """Where within a value msgspec found something, so far as it says it."""
    _, _, at = text.partition(" - at `$")
    path: list[str | int] = []
    for number, key in re.findall(r"\[([0-9]+)\]|\.([A-Za-z0-9_-]+)|\[\.\.\.\]", at):
        if not (number or key):
            break  # the value of some key
        path.append(int(number) if number else key)
    return tuple(path)


def _in_words(text: str) -> str:
    """What msgspec says of a value, with TOML's words for its types: ``expected a number, got a text - at `$.key` ``."""
    text = _TYPES.sub(lambda types: " or ".join(_WORDS[word] for word in types[1].split(" | ") if word != "null"), text)
    return text[0].lower() + text[1:]
