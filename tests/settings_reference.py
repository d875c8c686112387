"""Writes ``docs/reference/settings.md`` from the types of the settings: ``python tests/settings_reference.py > docs/reference/settings.md``."""

from __future__ import annotations

import typing
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from dagwright_argo.settings import (
    ArgoSettings,
    PodTemplateSetting,
    ScheduleSetting,
    SemaphoreSetting,
    TolerationSetting,
    VolumeSetting,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLES = (VolumeSetting, TolerationSetting, SemaphoreSetting, PodTemplateSetting, ScheduleSetting)
_WORDS = {str: "text", int: "number", bool: "boolean"}
HEAD = """\
# Settings of Argo

<!-- Written by `python tests/settings_reference.py`; a test holds it to that. -->

`[tool.dagwright.argo]` of the nearest `pyproject.toml`, or `[argo]` of `dagwright.toml`. [Deploying](../deploying.md) shows them at work; the settings of
`[tool.dagwright]` itself and those of AWS Batch stand where they are used: [images and pods](../pods.md), [stores](../stores.md), [checking](../checking.md).

A profile is a table `[tool.dagwright.profiles.NAME]` whose keys go over those of `[tool.dagwright]`: tables are joined key by key, everything else is
replaced. `--profile NAME` chooses one, else the variable `DAGWRIGHT_PROFILE`.

A setting with a wrong value is an error (DW530) at its line, and an unknown one a warning (DW591). Parts that are written as the Kubernetes API spells them are
checked to the last field, since Argo's linter passes them on unseen.

| setting | form | default | meaning |
|---|---|---|---|
"""


def text() -> str:
    """The page."""
    return HEAD + "".join(_rows(ArgoSettings)) + "".join(_tables())


def _tables() -> Iterator[str]:
    yield "\n## Tables\n"
    for table in TABLES:
        name = table.__name__.removesuffix("Setting")
        rows = [
            f"| `{field.name}` | {_form(_type(table, field.name))} | {_default(field)} |\n"
            for field in msgspec.structs.fields(table)
        ]
        yield f"\n### {name}\n\n{_paragraph(table)}\n\n| key | form | default |\n|---|---|---|\n{''.join(rows)}"


def _paragraph(table: type) -> str:
    return " ".join((table.__doc__ or "").replace("``", "`").split())


def _rows(table: type) -> Iterator[str]:
    for field in msgspec.structs.fields(table):
        declared = _type(table, field.name)
        meta = next(item for item in typing.get_args(declared) if isinstance(item, msgspec.Meta))
        yield f"| `{field.name}` | {_form(declared)} | {_default(field)} | {meta.description} |\n"


def _type(table: type, name: str) -> Any:
    return typing.get_type_hints(table, include_extras=True)[name]


def _form(declared: Any) -> str:
    """A type in words; ``Any`` because types of types have no name."""
    origin, arguments = typing.get_origin(declared), typing.get_args(declared)
    if origin is typing.Annotated:
        return _form(arguments[0])
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments if value)
    if origin is tuple:
        return f"list of {_plural(_form(arguments[0]))}"
    if origin is dict:
        return f"table of {_plural(_form(arguments[1]))}" if arguments[1] is not Any else "table"
    if arguments:  # a union with None
        return _form(next(item for item in arguments if item is not type(None)))
    if isinstance(declared, type) and issubclass(declared, msgspec.Struct):
        name = declared.__name__.removesuffix("Setting")
        return f"[{name}](#{name.lower()})"
    return "value" if declared is Any else _WORDS[declared]


def _plural(word: str) -> str:
    return f"{word}s" if word in ("text", "number", "table") else word


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    value = field.default
    if field.default_factory is not msgspec.NODEFAULT or value in ("", (), None):
        return ""
    return f"`{msgspec.json.encode(value).decode()}`"


if __name__ == "__main__":
    print(text(), end="")
