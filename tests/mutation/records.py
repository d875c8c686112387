"""The classes of a generated project, as the lines of its module ``records``."""

from __future__ import annotations

import random
from collections.abc import Callable

from mutation.kinds import OPTIONAL_FIELDS, RECORDS
from mutation.vocabulary import MEMBERS

CLASSES = ("Settings", "Level", "Report", "Plan", "Row", "Model", "Box", "Bundle")
Speller = Callable[[str], str]
"""How the module spells a kind, or a symbol that it imports on first use."""


def class_lines(annotation: Speller, use: Speller, chance: random.Random) -> list[str]:
    """Definitions of every class that kinds name, those first that others need."""
    lines = [f"class Level({use('Enum')}):", *(f'    {name} = "{name.lower()}"' for name in MEMBERS)]
    lines += ["", "", f'T = {use("TypeVar")}("T")']
    for kind in ("Settings", "Report", "Row", "Model", "Box[int]", "Bundle", "Plan"):
        fields = {name: annotation(of) for name, of in RECORDS[kind].items()}
        if kind == "Report":
            made = _named_tuple(fields, use, chance)
        elif kind == "Row":
            made = _typed_dict(fields, use, chance)
        elif kind == "Model":
            made = [f"class Model({use('BaseModel')}):", *_fields(fields)]
        elif kind == "Box[int]":
            made = [f"@{use('dataclass')}", f"class Box({use('Generic')}[T]):", *_fields({**fields, "item": "T"})]
        else:
            made = _dataclass(kind, fields, use, chance)
        lines += ["", "", *made]
    return lines


def _fields(fields: dict[str, str]) -> list[str]:
    return [f"    {name}: {annotation}" for name, annotation in fields.items()]


def _named_tuple(fields: dict[str, str], use: Speller, chance: random.Random) -> list[str]:
    if chance.random() < 0.5:
        return [f"class Report({use('NamedTuple')}):", *_fields(fields)]
    pairs = ", ".join(f'("{name}", {annotation})' for name, annotation in fields.items())
    return [f'Report = {use("NamedTuple")}("Report", [{pairs}])']


def _typed_dict(fields: dict[str, str], use: Speller, chance: random.Random) -> list[str]:
    if chance.random() < 0.5:
        return [f"class Row({use('TypedDict')}):", *_fields(fields)]
    pairs = ", ".join(f'"{name}": {annotation}' for name, annotation in fields.items())
    return [f'Row = {use("TypedDict")}("Row", {{{pairs}}})']


def _dataclass(kind: str, fields: dict[str, str], use: Speller, chance: random.Random) -> list[str]:
    decorator = use("dataclass")
    frozen = chance.choice(["", "(frozen=True)", "(order=True, repr=False)"])
    defaults = {
        name: f"{use('field')}(default_factory={of})" for name, of in (("quotas", "dict"), ("history", "list")) if name in fields
    }
    defaults |= {"note": "None", "folder": '"s3://bucket/nothing/"'}
    lines = [f"@{decorator}{frozen}", f"class {kind}:"]
    if chance.random() < 0.3:
        lines.append('    """What is passed on."""')
    needed = [name for name in fields if name not in OPTIONAL_FIELDS]
    lines += [f"    {name}: {fields[name]}" for name in needed]
    lines += [f"    {name}: {fields[name]} = {defaults[name]}" for name in fields if name in OPTIONAL_FIELDS]
    if chance.random() < 0.3:
        lines += ["", "    def described(self) -> str:", f'        return f"{kind} {{self}}"']
    return lines
