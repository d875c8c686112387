"""One module of a generated project on its way to its text: how it spells symbols and kinds, and what it imports for them."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

from mutation.kinds import RECORDS, Spelled, arguments
from mutation.vocabulary import CONSTANTS

OUTSIDE = {
    **dict.fromkeys(("task", "workflow", "map_task", "create_node", "Resources", "Cache", "ImageSpec", "Secret"), "flytekit"),
    **dict.fromkeys(("TaskMetadata", "current_context"), "flytekit"),
    **dict.fromkeys(("List", "Dict", "Optional", "Tuple", "Set", "NamedTuple", "TypedDict", "Generic", "TypeVar"), "typing"),
    "Annotated": "typing",
    "dataclass": "dataclasses",
    "field": "dataclasses",
    "Enum": "enum",
    "partial": "functools",
    "datetime": "datetime",
    "timedelta": "datetime",
    "BaseModel": "pydantic",
    "File": "flytekit.types.file",
    "Directory": "flytekit.types.directory",
}
"""Names from outside the project; those of flytekit come from ``dagwright`` in half of the projects."""
_WHOLE = {"os": ("import os", "os"), "pandas": ("import pandas as pd", "pd")}
"""Modules that are symbols themselves."""
_OF_FLYTEKIT = {"File": "FlyteFile", "Directory": "FlyteDirectory"}
"""What flytekit calls things that ``dagwright`` has under another name."""
SYMBOL = re.compile(r"\$(\w+)")
"""A name of the project, or from outside, in a static expression."""


@dataclass
class Homes:
    """Where a project keeps its symbols.

    Attributes:
        ours: Where authoring names come from: ``flytekit`` or ``dagwright``.
        modules: The project's symbols, by their modules.
        exports: Symbols that a package has to give on.
    """

    ours: str
    modules: dict[str, str] = field(default_factory=dict)
    exports: list[str] = field(default_factory=list)


@dataclass
class Module:
    """A module. ``name`` is dotted; ``future`` and ``modern`` say how it writes annotations."""

    name: str
    path: str
    homes: Homes
    chance: random.Random
    future: bool = False
    modern: bool = True
    imports: dict[str, None] = field(default_factory=dict)
    spelled: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The module as it stands in its file."""
        future = ["from __future__ import annotations", ""] if self.future else []
        return "\n".join([f'"""The module {self.name}."""', "", *future, *self.imports, "", *self.lines, ""])

    def use(self, symbol: str) -> str:
        """How the module spells a symbol; imports it on first use."""
        found = self.spelled.get(symbol)
        if found is None:
            found = self.spelled[symbol] = symbol if self.homes.modules.get(symbol) == self.name else self._import(symbol)
        return found

    def static(self, spelled: Spelled) -> str:
        """A static expression as the module writes it."""
        return SYMBOL.sub(lambda match: self.use(match.group(1)), spelled.text)

    def annotation(self, kind: str) -> str:
        """An annotation, in one case of ten as a text, seldom with metadata."""
        spelled = self._bare(kind)
        if self.chance.random() < 0.03:
            spelled = f"{self.use('Annotated')}[{spelled}, 'what it is']"
        return f'"{spelled}"' if self.chance.random() < 0.1 else spelled

    def _bare(self, kind: str) -> str:
        form = kind.partition("[")[0]
        inner = arguments(kind, form)
        if kind == "Frame":
            return f"{self.use('pandas')}.DataFrame"
        if form == "File":
            return self.use("File") + (f"['{inner[0]}']" if inner else "")
        if form in RECORDS or form in ("Box", "Level", "Directory", "datetime"):
            form = self.use(form)
        elif form == "Optional" and self.modern:
            return f"{self._bare(inner[0])} | None"
        elif inner and (form == "Optional" or not self.modern):
            form = self.use(form.capitalize())
        return form + (f"[{', '.join(self._bare(each) for each in inner)}]" if inner else "")

    def _import(self, symbol: str) -> str:
        if symbol in _WHOLE:
            statement, spelled = _WHOLE[symbol]
        elif symbol in OUTSIDE:
            statement, spelled = self.chance.choice(self._from_outside(symbol))
        else:
            home = self.homes.modules[symbol]
            statement, spelled = self.chance.choice(self._from_the_project(symbol, home))
            if statement == f"from {home.rpartition('.')[0]} import {symbol}":
                self.homes.exports.append(symbol)
        self.imports[statement] = None
        return spelled

    def _from_outside(self, symbol: str) -> list[tuple[str, str]]:
        """Forms of an import, each with what the symbol is called then."""
        home, name = OUTSIDE[symbol], symbol
        if home.startswith("flytekit") and symbol != "create_node":
            home = home if self.homes.ours == "flytekit" else self.homes.ours
        if home.startswith("flytekit"):
            name = _OF_FLYTEKIT.get(symbol, symbol)
        short = {"flytekit": "fl", "dagwright": "dw"}.get(home)
        forms = [(f"from {home} import {name}", name)] * 2 + [(f"from {home} import {name} as {name}_", f"{name}_")]
        return forms + ([(f"import {home} as {short}", f"{short}.{name}")] if short else [])

    def _from_the_project(self, symbol: str, home: str) -> list[tuple[str, str]]:
        package, _, stem = home.rpartition(".")
        inside = bool(package) and self.name.startswith(f"{package}.")
        forms = [(f"from {home} import {symbol}", symbol)] * 2
        if not inside:  # there, the package may not be imported to its end yet
            forms.append((f"import {home}", f"{home}.{symbol}"))
        forms += [
            (f"from {home} import {symbol} as the_{symbol}", f"the_{symbol}"),
            (f"import {home} as m_{stem}", f"m_{stem}.{symbol}"),
        ]
        if symbol in CONSTANTS:
            forms.append((f"from {home} import *", symbol))
        if package:
            forms.append((f"from {package} import {stem}", f"{stem}.{symbol}"))
        if inside:
            forms += [(f"from .{stem} import {symbol}", symbol), (f"from . import {stem}", f"{stem}.{symbol}")] * 2
        elif package:
            forms.append((f"from {package} import {symbol}", symbol))
        return forms
