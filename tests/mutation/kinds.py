"""Types as generated projects know them: which fits where, what can be read of a value, how a value is written.

A *kind* is the text of a type in one canonical spelling (``list[int]``, ``File[csv]``, ``Settings``); how a module spells it is the module's
choice. ``Spelled`` is a static expression with the names that its module has to import, and its value in a canonical form, by which equal
arguments are known.
"""

from __future__ import annotations

import random
from typing import NamedTuple

from mutation.vocabulary import CONSTANTS, MEMBERS, NOUNS

SCALARS = ("int", "float", "str", "bool", "datetime")
LISTS = ("list[int]", "list[float]", "list[str]")
FILES = ("File", "File[csv]", "File[png]", "Directory")
RECORDS: dict[str, dict[str, str]] = {
    "Settings": {"rate": "float", "label": "str", "sizes": "list[int]"},
    "Report": {"count": "int", "title": "str"},
    "Plan": {
        "settings": "Settings",
        "quotas": "dict[str, int]",
        "history": "list[Settings]",
        "span": "tuple[int, str]",
        "level": "Level",
        "note": "Optional[str]",
    },
    "Row": {"name": "str", "amount": "float", "codes": "list[int]"},
    "Model": {"depth": "int", "layers": "list[int]", "title": "str"},
    "Box[int]": {"item": "int", "labels": "list[str]"},
    "Box[str]": {"item": "str", "labels": "list[str]"},
    "Bundle": {"table": "File[csv]", "pictures": "list[File[png]]", "folder": "Directory"},
}
"""Classes with parts, and the kinds of these: dataclasses, a named tuple, a typed dict, a model of pydantic, a generic one."""
OPTIONAL_FIELDS = {"quotas", "history", "note", "folder"}
"""Fields with defaults, which stand last in their classes or are passed by name."""
KEYED = ("Row",)
"""Classes whose parts are keys."""
WHOLE = ("Report",)
"""Classes whose results come as several: no list of a map holds them."""
COMMON = ("int", "float", "str", "list[int]")
"""Kinds that every project has."""
THEMES = (
    ("bool", "datetime", "list[float]", "list[str]"),
    ("File", "File[csv]", "File[png]", "Directory", "list[File[csv]]", "Bundle"),
    ("Settings", "Plan", "Level", "list[Settings]"),
    ("Row", "Model", "list[Row]", "tuple[int, str]"),
    ("Frame", "dict[str, int]", "dict[str, list[int]]"),
    ("Optional[str]", "Optional[int]", "list[Optional[int]]", "set[int]", "list[list[int]]"),
    ("Box[int]", "Box[str]", "Report", "Level"),
)
"""Kinds that occur together: a project is about some of these, so that values fit somewhere."""
UNWRITABLE = ("Frame",)
"""Kinds that no static expression gives."""


class Spelled(NamedTuple):
    """A static expression: text with ``$Name`` for every symbol of the project, and its canonical value."""

    text: str
    value: object


def arguments(kind: str, of: str) -> tuple[str, ...]:
    """What a kind like ``dict[str, int]`` holds, where it is of a form (``dict``); nothing for any other."""
    if not kind.startswith(f"{of}["):
        return ()
    found, depth, start = [], 0, len(of) + 1
    for at in range(start, len(kind) - 1):
        depth += (kind[at] == "[") - (kind[at] == "]")
        if kind[at] == "," and not depth:
            found.append(kind[start:at])
            start = at + 2
    return (*found, kind[start:-1])


def element(kind: str) -> str:
    """What a list holds; nothing for what is no list."""
    return (arguments(kind, "list") or ("",))[0]


def fits(given: str, wanted: str) -> bool:
    """Whether a value of one kind can be passed where another one is wanted."""
    if given == wanted or (given, wanted) == ("int", "float"):
        return True
    if inner := arguments(wanted, "Optional"):
        return fits((arguments(given, "Optional") or (given,))[0], inner[0])
    if {given.partition("[")[0], wanted.partition("[")[0]} == {"File"}:
        return "File" in (given, wanted)
    for form in ("list", "dict", "tuple", "Box"):
        left, right = arguments(given, form), arguments(wanted, form)
        if left and len(left) == len(right):
            return all(fits(one, other) for one, other in zip(left, right, strict=True))
    return False


def misfits(given: str, wanted: str) -> bool:
    """Whether an edge is wrong beyond doubt."""
    return not fits(given, wanted)


def parts(expression: str, kind: str, depth: int = 2) -> list[tuple[str, str]]:
    """What can be read of a value: expressions, written as ``ast.unparse`` writes them, and their kinds."""
    near = [(f"{expression}['{name}']" if kind in KEYED else f"{expression}.{name}", of) for name, of in RECORDS.get(kind, {}).items()]  # fmt: skip
    if of := element(kind):
        near += [(f"{expression}[0]", of), (f"{expression}[-1]", of), (f"{expression}[:2]", kind)]
    if held := arguments(kind, "dict"):
        near.append((f"{expression}['low']", held[1]))
    near += [(f"{expression}[{at}]", of) for at, of in enumerate(arguments(kind, "tuple"))]
    if depth > 1:
        near += [deeper for text, of in near for deeper in parts(text, of, depth - 1)]
    return near


def literal(kind: str, chance: random.Random) -> Spelled:
    """A static value of a kind."""
    constants = [name for name, (of, _, _) in CONSTANTS.items() if of == kind]
    if constants and chance.random() < 0.25:
        name = chance.choice(constants)
        return Spelled(f"${name}", CONSTANTS[name][2])
    number = chance.randint(1, 9999)
    simple = _scalar(kind, number, chance) or _file(kind, number, chance) or _container(kind, number, chance)
    if simple is None:
        fields = {name: literal(of, chance) for name, of in RECORDS[kind].items()}
        value = tuple((name, repr(each.value)) for name, each in fields.items())
        simple = Spelled(constructed(kind, {name: each.text for name, each in fields.items()}, chance), (kind, value))
    return simple


def constructed(kind: str, fields: dict[str, str], chance: random.Random) -> str:
    """The text of a call of a class, or of a display in the place of one, by the texts of its fields."""
    if kind in KEYED and chance.random() < 0.5:
        return "{" + ", ".join(f'"{name}": {text}' for name, text in fields.items()) + "}"
    given = [f"{name}={text}" for name, text in fields.items()]
    if kind == "Report" and chance.random() < 0.5:
        given = list(fields.values())
    return f"${kind.partition('[')[0]}({', '.join(given)})"


def _scalar(kind: str, number: int, chance: random.Random) -> Spelled | None:
    text = f"{chance.choice(NOUNS)}-{number}"
    member = chance.choice(MEMBERS)
    found = {
        "int": [Spelled(f"{number}", number), Spelled(f"-{number}", -number), Spelled(f"{number} * $LIMIT", number * 40)],
        "float": [Spelled(f"{number / 8}", number / 8), Spelled(f"{number}", float(number))],
        "str": [
            Spelled(f'"{text}"', text),
            Spelled(f'f"{{$PREFIX}}-{text}"', f"daily-{text}"),
            Spelled(f"'é {text}'", f"é {text}"),
        ],
        "bool": [Spelled(str(number % 2 == 0), number % 2 == 0)],
        "datetime": [Spelled(f"$datetime({2000 + number % 50}, {1 + number % 12}, {1 + number % 28})", ("datetime", number))],
        "Level": [Spelled(f"$Level.{member}", ("Level", member))],
        "Optional[str]": [Spelled("None", None), Spelled(f'"{number}"', str(number))],
        "Optional[int]": [Spelled("None", None), Spelled(f"{number}", number)],
    }.get(kind)
    return chance.choice(found) if found else None


def _file(kind: str, number: int, chance: random.Random) -> Spelled | None:
    if kind not in FILES:
        return None
    ending = (arguments(kind, "File") or ("bin",))[0]
    url = f"s3://bucket/{number}/" if kind == "Directory" else f"s3://bucket/{number}.{ending}"
    call = f'$Directory("{url}")' if kind == "Directory" else f'$File("{url}")'
    return Spelled(chance.choice([f'"{url}"', call]), (kind, url))


def _container(kind: str, number: int, chance: random.Random) -> Spelled | None:
    ints = [
        Spelled(f"[{number}, {number + 1}]", [number, number + 1]),
        Spelled(f"[{number} + step for step in range(3)]", [number, number + 1, number + 2]),
        Spelled(f"list(range({number}, {number + 2}))", [number, number + 1]),
    ]
    found = {
        "list[int]": ints,
        "list[float]": [Spelled(f"[{number / 4}, 1]", [number / 4, 1.0])],
        "list[str]": [Spelled(f'["{number}", "x"]', [str(number), "x"])],
        "list[Optional[int]]": [Spelled(f"[{number}, None]", [number, None])],
        "dict[str, int]": [Spelled(f'{{"low": {number}, "high": $LIMIT}}', ("low", number))],
        "dict[str, list[int]]": [Spelled(f'{{"low": [{number}], **{{}}}}', ("lows", number))],
        "set[int]": [Spelled(f"{{{number}, 5}}", ("set", number)), Spelled(f"set([5, {number}])", ("set", number))],
        "tuple[int, str]": [Spelled(f'({number}, "t")', (number, "t"))],
    }.get(kind)
    if found is None and (of := element(kind)):
        items = [literal(of, chance) for _ in range(2)]
        return Spelled(f"[{', '.join(each.text for each in items)}]", [repr(each.value) for each in items])
    return chance.choice(found) if found else None


def given(kind: str) -> object:
    """A value of a kind as an input of a run is given: text, or what becomes JSON."""
    simple = {
        "int": 7,
        "float": 1.5,
        "str": "text",
        "bool": True,
        "datetime": "2024-01-02T03:04:05+00:00",
        "Level": "LOW",
        "Frame": [{"price": 1}],
        "File": "s3://bucket/any.bin",
        "Directory": "s3://bucket/folder/",
    }
    form = kind.partition("[")[0]
    inner = arguments(kind, form)
    if kind in RECORDS:
        return {name: given(of) for name, of in RECORDS[kind].items()}
    if kind in simple:
        return simple[kind]
    if form == "File":
        return f"s3://bucket/any.{inner[0]}"
    if form == "dict":
        return {"low": given(inner[1]), "high": given(inner[1])}
    if form == "tuple":
        return [given(each) for each in inner]
    return given(inner[0]) if form == "Optional" else [given(inner[0])] if form == "set" else [given(inner[0])] * 3
