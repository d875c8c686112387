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

    from msgspec import inspect

    from dagwright_compiler.source import Span
    from dagwright_compiler.target_api import SettingKey

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
    kind: type[Settings], raw: Mapping[str, Any], table: Table, found: Collector, place: Callable[[SettingKey], Span | None]
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
            path = _path(fields[name].type, value, str(error))
            wrong = _in_words(str(error).partition(" - at `$")[0], fields[name].type, path)
            within = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
            message = f"setting {name}{within} of {table.name}: {wrong}"
            found.add(Diagnostic(table.wrong, message, place((name, *path))))
    return kind(**values)


def _path(kind: Any, value: Any, text: str) -> tuple[str | int, ...]:
    """Where within a value msgspec found something, so far as it says it. Of which key, it does not say: the first that is wrong by itself."""
    _, _, at = text.partition(" - at `$")
    path: list[str | int] = []
    for number, key in re.findall(r"\[([0-9]+)\]|\.([A-Za-z0-9_-]+)|\[\.\.\.\]", at):
        if number or key:
            path.append(int(number) if number else key)
        elif path or not isinstance(value, dict):
            break
        else:
            path.append(next(each for each, item in value.items() if not _fits({each: item}, kind)))
    return tuple(path)


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _in_words(text: str, kind: Any, path: tuple[str | int, ...]) -> str:
    """What msgspec says of a value, with TOML's words for its types, and the words that it may be: ``expected a number, got a text``."""
    text = _TYPES.sub(lambda types: " or ".join(_WORDS[word] for word in types[1].split(" | ") if word != "null"), text)
    _, is_of_words, value = text.partition("Invalid enum value ")
    words = _words(kind, path) if is_of_words else ()
    if words:
        return f"{value} is none of {', '.join(words)}"
    return text[0].lower() + text[1:]


def _words(kind: Any, path: tuple[str | int, ...]) -> tuple[str, ...]:
    """The words that may stand at a place of a value; none where it takes others than words."""
    from msgspec import inspect

    found = _bare(inspect.type_info(kind))
    for step in path:
        match found:
            case inspect.StructType(fields=fields):
                found = _bare(next(field.type for field in fields if field.encode_name == step))
            case inspect.DictType(value_type=inner) | inspect.VarTupleType(item_type=inner):
                found = _bare(inner)
            case _:
                return ()
    return tuple(str(value) for value in found.values if value) if isinstance(found, inspect.LiteralType) else ()


def _bare(kind: inspect.Type) -> inspect.Type:
    """A type without what is said of it."""
    from msgspec import inspect

    return _bare(kind.type) if isinstance(kind, inspect.Metadata) else kind
