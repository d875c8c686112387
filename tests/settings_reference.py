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
    TaskSetting,
    TolerationSetting,
    VolumeSetting,
)
from dagwright_batch.settings import BatchSettings
from dagwright_compiler.config import _Table as OwnSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLES = (TaskSetting, VolumeSetting, TolerationSetting, SemaphoreSetting, PodTemplateSetting, ScheduleSetting)
_WORDS = {str: "text", int: "number", float: "number", bool: "boolean"}
HEAD = """\
# Settings

<!-- Written by `python tests/settings_reference.py`; a test holds it to that. -->

They stand in the nearest `pyproject.toml` under `[tool.dagwright]`, or in a `dagwright.toml` of their own without that prefix (`[argo]`). A flag goes over a
[variable](variables.md), a variable over a profile, a profile over the rest.

A profile is a table `[tool.dagwright.profiles.NAME]` whose keys go over those of `[tool.dagwright]`: tables are joined key by key, everything else is
replaced. `--profile NAME` chooses one, else the variable `DAGWRIGHT_PROFILE`.

A setting with a wrong value is an error (DW592, DW530 of Argo, DW550 of AWS Batch) at its line, and an unknown one a warning (DW591).

"""
OWN = """\
## `[tool.dagwright]`

What holds on every way of running. `[tool.dagwright.check]` is told of in [checking](../checking.md#what-is-shown).

"""
ARGO = """
## `[tool.dagwright.argo]`

[Deploying](../deploying.md) and [Argo for platform teams](../platform.md) show them at work. Parts that are written as the Kubernetes API spells them are checked to the last field, since Argo's linter
passes them on unseen.

"""
BATCH = """
## `[tool.dagwright.batch]`

"""
COLUMNS = "| setting | form | default | meaning |\n|---|---|---|---|\n"


def text() -> str:
    """The page."""
    own = "".join((OWN, COLUMNS, *_rows(OwnSettings)))
    argo = "".join((ARGO, COLUMNS, *_rows(ArgoSettings), *_tables()))
    batch = "".join((BATCH, COLUMNS, *_rows(BatchSettings)))
    return HEAD + own + argo + batch


def _tables() -> Iterator[str]:
    yield "\nSome of them are tables again:\n"
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
        meta = next(item for item in typing.get_args(declared) if isinstance(item, msgspec.Meta) and item.description)
        yield f"| `{field.encode_name}` | {_form(declared)} | {_default(field)} | {meta.description} |\n"


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
    if arguments:  # a union, mostly with None
        return " or ".join(_form(item) for item in arguments if item is not type(None))
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
