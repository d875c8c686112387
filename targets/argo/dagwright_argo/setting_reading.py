"""Raw settings in, checked values and findings out."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

import msgspec

from dagwright_argo.setting_checks import problems
from dagwright_argo.settings import TABLE, ArgoSettings
from dagwright_compiler.diagnostics.codes import ARGO_SETTING, UNKNOWN_SETTING
from dagwright_compiler.diagnostics.model import Collector, Diagnostic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dagwright_compiler.source import Span
    from dagwright_compiler.target_api import SettingKey
    from dagwright_compiler.toml_places import Path

_WORDS = {
    "int": "a number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "object": "a table",
    "array": "a list",
}
_TYPES = re.compile(rf"`((?:(?:{'|'.join(_WORDS)}|null)(?: \| )?)+)`")


def read_settings(
    raw: Mapping[str, Any], found: Collector, place: Callable[[SettingKey], Span | None] = lambda _key: None
) -> ArgoSettings:
    """Check every setting; a wrong one is reported and replaced by its default, so that all are reported at once.

    Args:
        raw: The table as it was read.
        found: Takes the findings.
        place: Where a key of the table, or something below it, is written.
    """
    fields = {field.name: field for field in msgspec.structs.fields(ArgoSettings)}
    values: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in fields:
            near = difflib.get_close_matches(name, fields, 1)
            help_text = f"write {near[0]}" if near else f"Argo knows {', '.join(fields)}"
            found.add(Diagnostic(UNKNOWN_SETTING, f"unknown setting {name} in {TABLE}", place(name), help=help_text))
            continue
        try:
            values[name] = msgspec.convert(value, fields[name].type)
        except msgspec.ValidationError as error:
            at = place((name, *_path(str(error))))
            found.add(Diagnostic(ARGO_SETTING, f"setting {name} of {TABLE}: {_in_words(str(error))}", at))
    settings = ArgoSettings(**values)
    for problem in problems(settings):
        found.add(Diagnostic(ARGO_SETTING, problem.message, place(problem.setting), help=problem.help))
    return settings


def _path(text: str) -> Path:
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
