"""Classes in the place of the user's, made of what the program says of them: enough to tell whether a text is a value.

No module of the user's is imported. What only the class itself decides (a model's validators, a default that runs code) is left to the attempt.
"""

from __future__ import annotations

from collections import namedtuple
from dataclasses import field, make_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from dagwright.values.libraries import LibraryAbsent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import NoReturn

    from dagwright.contract.schema import ClassDef


def stand_in_classes(classes: Mapping[str, ClassDef]) -> Callable[[str, str], type]:
    """Give what loads the stand-ins, for a codec; it raises ``LibraryAbsent`` where nobody but the class can tell."""
    by_name = {(spec["module"], spec["qualname"]): spec for spec in classes.values()}
    made: dict[tuple[str, str], type] = {}

    def load(module: str, qualname: str) -> type:
        found = made.get((module, qualname))
        if found is None:
            spec = by_name.get((module, qualname))
            found = made[module, qualname] = _made(spec, qualname) if spec is not None else _undecided(qualname)
        return found

    return load


def _made(spec: ClassDef, qualname: str) -> type:
    name = qualname.rpartition(".")[2]
    names = [each["name"] for each in spec.get("fields", ())]
    if spec["kind"] == "dataclass":
        fields = [(each, Any, field(default_factory=lambda: _undecided(qualname))) for each in names]
        # Keys of dicts and members of sets have a hash; whether two are equal has been settled where they were made.
        return make_dataclass(name, fields, namespace={"__hash__": object.__hash__})
    if spec["kind"] == "namedtuple":
        cls: type = namedtuple(name, names)  # type: ignore[misc]  # noqa: PYI024  # pyright: ignore[reportUntypedNamedTuple]  # known at run time only
        return cls
    members, values = spec.get("members", ()), spec.get("values", ())
    if spec["kind"] == "enum" and len(members) == len(values) == len(set(values)):
        chosen: type = Enum(name, dict(zip(members, values, strict=True)))  # type: ignore[misc]
        return chosen
    return _undecided(qualname)


def _undecided(qualname: str) -> NoReturn:
    raise LibraryAbsent(qualname, "its class")
