"""Types, constants and names that generated projects are made of.

A *kind* is the text of a type as the generator knows it; how a module spells it is the module's choice. ``Spelled`` is a static expression
with the names that its module has to import, and its value in a canonical form, by which equal arguments are known.
"""

from __future__ import annotations

import random
from typing import NamedTuple

SCALARS = ("int", "float", "str", "bool", "datetime")
LISTS = ("list[int]", "list[float]", "list[str]")
CLASSES = ("Settings", "Level", "Report")
KINDS = (*SCALARS, *LISTS, "dict[str, int]", "Optional[str]", *CLASSES)
FIELDS = {
    "Settings": {"rate": "float", "label": "str", "sizes": "list[int]"},
    "Report": {"count": "int", "title": "str"},
}
"""Parts of classes that workflows read."""
MEMBERS = ("LOW", "MIDDLE", "HIGH")
CONSTANTS = {
    "LIMIT": ("int", "40", 40),
    "RATE": ("float", "0.25", 0.25),
    "PREFIX": ("str", '"daily"', "daily"),
    "SIZES": ("list[int]", "[3, 5, 8]", [3, 5, 8]),
    "LABELS": ("list[str]", '["a", "b"]', ["a", "b"]),
    "RETRIES": ("retries", "2", 2),
    "IMAGE": ("image", '"registry.example/team/image:1.4"', "registry.example/team/image:1.4"),
    "WAIT": ("timeout", "timedelta(minutes=5)", None),
    "SMALL": ("resources", 'Resources(cpu="500m", mem="256Mi")', None),
}
"""Name, kind, definition and value of what the constants' module holds."""
VERBS = (
    "load",
    "clean",
    "merge",
    "score",
    "train",
    "rank",
    "split",
    "count",
    "filter",
    "pack",
    "trace",
    "weigh",
    "shift",
    "probe",
)
NOUNS = (
    "orders",
    "images",
    "genomes",
    "ledger",
    "signals",
    "tables",
    "models",
    "batches",
    "reviews",
    "sensors",
    "folds",
    "claims",
)
PLACES = ("alpha", "river", "stone", "cloud", "maple", "ember", "delta", "orbit", "cedar", "quartz", "harbor", "meadow", "saddle")


class Spelled(NamedTuple):
    """A static expression: text with ``$Name`` for every symbol of the project, and its canonical value."""

    text: str
    value: object


def fits(given: str, wanted: str) -> bool:
    """Whether a value of one kind can be passed where another one is wanted."""
    widened = {("int", "float"), ("list[int]", "list[float]"), ("str", "Optional[str]")}
    return given == wanted or (given, wanted) in widened


def misfits(given: str, wanted: str) -> bool:
    """Whether an edge is wrong beyond doubt."""
    return not fits(given, wanted)


def parts(expression: str, kind: str) -> list[tuple[str, str]]:
    """What can be read of a value: expressions and their kinds."""
    return [(f"{expression}.{name}", field) for name, field in FIELDS.get(kind, {}).items()]


def literal(kind: str, chance: random.Random) -> Spelled:
    """A static value of a kind."""
    number = chance.randint(1, 9999)
    constants = [name for name, (of, _, _) in CONSTANTS.items() if of == kind]
    if constants and chance.random() < 0.25:
        name = chance.choice(constants)
        return Spelled(f"${name}", CONSTANTS[name][2])
    if kind == "int":
        return chance.choice(
            [Spelled(f"{number}", number), Spelled(f"-{number}", -number), Spelled(f"{number} * $LIMIT", number * 40)]
        )
    if kind == "float":
        return chance.choice([Spelled(f"{number / 8}", number / 8), Spelled(f"{number}", float(number))])
    if kind == "str":
        text = f"{chance.choice(NOUNS)}-{number}"
        return chance.choice(
            [Spelled(f'"{text}"', text), Spelled(f'f"{{$PREFIX}}-{text}"', f"daily-{text}"), Spelled(f"'é {text}'", f"é {text}")]
        )
    if kind == "bool":
        return Spelled(str(number % 2 == 0), number % 2 == 0)
    if kind == "datetime":
        return Spelled(f"$datetime({2000 + number % 50}, {1 + number % 12}, {1 + number % 28})", ("datetime", number))
    if kind == "list[int]":
        return chance.choice(
            [
                Spelled(f"[{number}, {number + 1}]", [number, number + 1]),
                Spelled(f"[{number} + step for step in range(3)]", [number, number + 1, number + 2]),
                Spelled(f"list(range({number}, {number + 2}))", [number, number + 1]),
            ]
        )
    if kind == "list[float]":
        return Spelled(f"[{number / 4}, 1]", [number / 4, 1.0])
    if kind == "list[str]":
        return Spelled(f'["{number}", "x"]', [str(number), "x"])
    if kind == "dict[str, int]":
        return Spelled(f'{{"low": {number}, "high": $LIMIT}}', ("low", number))
    if kind == "Optional[str]":
        return chance.choice([Spelled("None", None), Spelled(f'"{number}"', str(number))])
    if kind == "Settings":
        return Spelled(f'$Settings(rate={number / 8}, label="l{number}", sizes=[{number}])', ("Settings", number))
    if kind == "Level":
        member = chance.choice(MEMBERS)
        return Spelled(f"$Level.{member}", ("Level", member))
    assert kind == "Report", kind
    return Spelled(f'$Report({number}, "r{number}")', ("Report", number))
