"""What the constructors of the project's classes take: their fields, by position or by name, or something that only they know."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.diagnostics.wording import listed
from dagwright_compiler.frontend.class_bodies import constructor_form
from dagwright_compiler.frontend.entities import ClassEntity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dagwright_compiler.diagnostics.model import Code
    from dagwright_compiler.frontend.class_kinds import ClassInfo
    from dagwright_compiler.frontend.resolution import Resolver

_IN_A_TASK = "build the object in a task"


def refusal(
    info: ClassInfo, resolver: Resolver, aliases: Mapping[str, str | None], *, by_position: bool
) -> tuple[str, str] | None:
    """Why a call does not say which field takes what, and what to write instead; ``None`` where it does.

    Args:
        info: The class.
        resolver: Reads its decorators and fields.
        aliases: Other names under which a model takes its fields, by the fields' own.
        by_position: Whether the call gives anything by position.
    """
    if info.kind == "pydantic" and by_position:
        return f"`{info.qualname}` takes its fields by name", "name every argument"
    if info.kind == "typeddict" and by_position:
        return f"`{info.qualname}` takes its keys by name", "write the dict: `{...}`"
    if info.kind == "pydantic" and None in aliases.values():
        return f"the names under which `{info.qualname}` takes its fields cannot be read", _IN_A_TASK
    pending = [info] if info.kind == "dataclass" else []
    while pending:
        current = pending.pop()
        pending.extend(base.info for base in current.bases)
        entity = current.entity
        form = constructor_form(entity.node, resolver, entity.module) if isinstance(entity, ClassEntity) else "plain"
        if form == "own":
            return f"not every field of `{current.qualname}` is a parameter of its own constructor", _IN_A_TASK
        if form == "keywords" and by_position:
            return f"`{current.qualname}` has fields that are keyword-only", "name every argument"
    return None


def is_positional(info: ClassInfo, resolver: Resolver) -> bool:
    """Whether every field of a dataclass and of its bases is a parameter that can be passed by position."""
    entity = info.entity
    form = constructor_form(entity.node, resolver, entity.module) if isinstance(entity, ClassEntity) else "plain"
    return form == "plain" and all(is_positional(base.info, resolver) for base in info.bases)


def hidden_names(aliases: Mapping[str, str | None], *, by_name: bool) -> dict[str, str]:
    """Fields whose own names a constructor does not take, each with the name that it takes instead."""
    return {} if by_name else {field: alias for field, alias in aliases.items() if alias and alias != field}


def fields_by_parameter(aliases: Mapping[str, str | None]) -> dict[str, str]:
    """Fields of a model by the other names under which its constructor takes them."""
    return {alias: field for field, alias in aliases.items() if alias}


class Mistake(NamedTuple):
    """What is wrong with one argument of a constructor, and what to write instead."""

    code: Code
    message: str
    help: str


def unknown_field(owner: str, name: str, free: Sequence[str], fields: Sequence[str]) -> Mistake:
    """An argument that no field takes; ``free`` are those that nothing else is passed for."""
    help_ = did_you_mean(name, free) or listed("field", fields)
    return Mistake(codes.UNKNOWN_ARGUMENT, f"`{owner}` has no field `{name}`", help_)


def missing_field(owner: str, name: str) -> Mistake:
    """A field without a default that nothing is passed for."""
    return Mistake(codes.MISSING_ARGUMENT, f"`{owner}` lacks the field `{name}`", f"pass `{name}=...`")


def repeated_field(owner: str, name: str) -> Mistake:
    """A field that two arguments give."""
    return Mistake(codes.REPEATED_ARGUMENT, f"`{name}` is passed twice to `{owner}`", "leave one of the two out")


def hidden_field(owner: str, name: str, parameter: str) -> Mistake:
    """A field that a model takes under another name."""
    return Mistake(codes.UNKNOWN_ARGUMENT, f"`{owner}` takes the field `{name}` as `{parameter}`", f"write `{parameter}=...`")


def too_many(owner: str, fields: Sequence[str], given: int) -> Mistake:
    """More arguments by position than there are fields."""
    count = f"{len(fields)} field{'' if len(fields) == 1 else 's'}"
    help_ = listed("field", fields)
    return Mistake(codes.TOO_MANY_ARGUMENTS, f"`{owner}` has {count}, but {given} values are passed", help_)
