"""Why an expression has no value at compile time, and the nearest form that works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.entities import (
    Entity,
    External,
    FunctionEntity,
    ModuleEntity,
    PackageEntity,
    Unresolved,
    UnstableEntity,
)
from dagwright_compiler.frontend.names import NOT_YET, ONLY_IN_TASKS

if TYPE_CHECKING:
    from dagwright_compiler.diagnostics.model import Code
    from dagwright_compiler.frontend.findings import Place

_IMPURE = (
    ("os.environ", "the environment"),
    ("os.getenv", "the environment"),
    ("os.getcwd", "the working directory"),
    ("datetime.datetime.now", "the clock"),
    ("datetime.datetime.utcnow", "the clock"),
    ("datetime.datetime.today", "the clock"),
    ("datetime.date.today", "the clock"),
    ("time.", "the clock"),
    ("random.", "randomness"),
    ("numpy.random.", "randomness"),
    ("secrets.", "randomness"),
    ("uuid.", "randomness"),
    ("builtins.open", "a file"),
    ("builtins.input", "the terminal"),
)


class NotStatic(Exception):  # noqa: N818 - a reason, not an error of ours
    """An expression has no value at compile time; carries what a finding needs."""

    def __init__(
        self, place: Place, message: str, *, help_: str = "", code: Code = codes.NOT_STATIC, reported: bool = False
    ) -> None:
        super().__init__(message)
        self.place = place
        self.message = message
        self.help = help_
        self.code = code
        self.reported = reported
        """A finding tells already: add no other."""


def never_run(entity: External, place: Place) -> NotStatic:
    """Why something outside the project has no value at compile time."""
    if entity.symbol in ONLY_IN_TASKS:
        return NotStatic(place, ONLY_IN_TASKS[entity.symbol], help_="use it inside a task", code=codes.UNSUPPORTED_EXPRESSION)
    if entity.symbol in NOT_YET:
        message = f"`{entity.symbol}` is not supported yet"
        return NotStatic(place, message, help_=NOT_YET[entity.symbol], code=codes.NOT_SUPPORTED_YET)
    name = entity.qualified.removeprefix("builtins.")
    for prefix, what in _IMPURE:
        inside = prefix if prefix.endswith(".") else f"{prefix}."
        if entity.qualified == prefix.rstrip(".") or entity.qualified.startswith(inside):
            message = f"`{name}` depends on {what}, and the same source must always compile to the same program"
            return NotStatic(place, message, help_="write a literal, or make it an input of the workflow")
    return NotStatic(
        place, f"`{name}` is code that compiling never runs", help_="write its value as a literal, or compute it in a task"
    )


def unusable(entity: Entity, place: Place, text: str) -> NotStatic:
    """Why an entity that is no value cannot stand in a static expression."""
    if isinstance(entity, UnstableEntity):
        span = entity.module.span(entity.node)
        message = f"`{entity.name}` is not a constant: {entity.reason} (line {span.line} of {span.path})"
        return NotStatic(place, message, help_="bind the name once, unconditionally, at module level", code=codes.UNSTABLE_NAME)
    if isinstance(entity, Unresolved):
        return NotStatic(
            place,
            f"`{text}` cannot be resolved: {entity.reason}",
            help_=entity.help,
            code=codes.UNRESOLVED_NAME,
            reported=entity.reported,
        )
    if isinstance(entity, FunctionEntity):
        return NotStatic(
            place,
            f"`{entity.node.name}` is a function, and compiling runs no functions",
            help_="write its value as a literal, or compute it in a task",
        )
    what = "a module" if isinstance(entity, ModuleEntity | PackageEntity) else "a class"
    return NotStatic(place, f"`{text}` is {what}, not a value")
