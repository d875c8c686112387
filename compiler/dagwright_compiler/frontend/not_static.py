"""Why an expression has no value at compile time, and the nearest form that works."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.model import Code
from dagwright_compiler.frontend.entities import (
    Entity,
    External,
    FunctionEntity,
    ModuleEntity,
    PackageEntity,
    Unresolved,
    UnstableEntity,
)
from dagwright_compiler.frontend.findings import Place
from dagwright_compiler.frontend.names import NOT_YET, ONLY_IN_TASKS, unsupported
from dagwright_compiler.frontend.with_blocks import FROM_FILE, IN_WITH

if TYPE_CHECKING:
    from dagwright_compiler.frontend.entities import Constant
    from dagwright_compiler.frontend.findings import Findings

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
    ("builtins.__name__", "how the file is started"),
    ("builtins.__package__", "how the file is started"),
    ("builtins.__file__", "where the file lies"),
)
FAILING = frozenset(
    {codes.MISSING_ARGUMENT, codes.UNKNOWN_ARGUMENT, codes.REPEATED_ARGUMENT, codes.TOO_MANY_ARGUMENTS, codes.UNKNOWN_PART}
)
"""Codes of what fails wherever it is run: an import of it fails."""
WRONG_WHERE_IT_STANDS = FAILING | {codes.UNRESOLVED_NAME}
"""Codes of what is wrong by itself, whoever uses it."""
_NAME_IT = "write the value itself, or give it a name at the top of the module, and that a value: `--set NAME=...`"


class Cause(NamedTuple):
    """Why a constant has no value: where its value is lost, and the constants that lead there, from the one that is used."""

    place: Place
    through: tuple[Constant, ...]


class NotStatic(Exception):  # noqa: N818 - a reason, not an error of ours
    """An expression has no value at compile time; carries what a finding needs."""

    def __init__(
        self,
        place: Place,
        reason: str,
        *,
        help_: str = "",
        code: Code = codes.NOT_STATIC,
        reported: bool = False,
        related: tuple[Place, str] | None = None,
        cause: Cause | None = None,
        inside: str = "",
    ) -> None:
        super().__init__(reason)
        self.place = place
        self.reason = reason
        self.help = help_
        self.code = code
        self.reported = reported
        """A finding tells already: add no other."""
        self.related = related
        self.cause = cause
        self.inside = inside
        """What can be done in a task instead, of something that differs from run to run."""

    def report(self, findings: Findings, what: str = "") -> None:
        """Add the finding, unless one tells already; a constant that is used ten times is wrong once.

        Args:
            findings: Takes it.
            what: What the value was for, where that says more than the name that is used.
        """
        if self.reported:
            return
        labels = [self.related] if self.related is not None else []
        what = what if self.code is codes.NOT_STATIC else ""
        help_ = self._help(what)
        if self.cause is None:
            findings.add(self.code, _said(what, self.reason), self.place, related=labels, help=help_)
            return
        if not findings.is_first(self.cause.place):
            return
        if not self.cause.through:
            findings.add(self.code, self.reason, self.place, related=labels, help=help_)
            return
        name = f"`{self.cause.through[0].name}`"
        notes = _path(self.cause.through)
        if self.code in WRONG_WHERE_IT_STANDS:
            labels = [(self.place, f"{name} is used here")]
            findings.add(self.code, self.reason, self.cause.place, related=labels, notes=notes, help=self.help)
            return
        labels = labels or [(self.cause.place, "its value comes from here")]
        what = what or (name if self.code is codes.NOT_STATIC else "")
        findings.add(self.code, _said(what, self.reason), self.place, related=labels, notes=notes, help=help_)

    def _help(self, what: str) -> str:
        """What to write instead: of what differs from run to run, by where it stands."""
        if not self.inside:
            return self.help
        if self.cause is not None and self.cause.through:
            name = self.cause.through[-1].name
            return f"write the value itself, make it an input of the workflow, or give `{name}` a value: `--set {name}=...`"
        return _NAME_IT if what else f"{self.inside}, or make the value an input of the workflow"


class Failure(msgspec.Struct, frozen=True):
    """Why a constant has no value: kept so that every use reports at its own place."""

    reason: str
    cause: Cause
    help: str = ""
    code: Code = codes.NOT_STATIC
    reported: bool = False
    related: tuple[Place, str] | None = None
    inside: str = ""

    @classmethod
    def of(cls, error: NotStatic) -> Failure:
        """What is kept of an error."""
        cause = error.cause or Cause(error.place, ())
        return cls(error.reason, cause, error.help, error.code, error.reported, error.related, error.inside)

    def at(self, place: Place, entity: Constant) -> NotStatic:
        """The error for a use of the constant."""
        cause = self.cause._replace(through=(entity, *self.cause.through))
        return NotStatic(
            place,
            self.reason,
            help_=self.help,
            code=self.code,
            reported=self.reported,
            related=self.related,
            cause=cause,
            inside=self.inside,
        )


def _said(what: str, reason: str) -> str:
    return f"{what} is not known while compiling: {reason}" if what else reason


def _path(through: tuple[Constant, ...]) -> tuple[str, ...]:
    """How a constant gets its value from others."""
    if len(through) == 1:
        return ()
    steps = [f"`{entity.name}` (line {entity.module.span(entity.node).line})" for entity in through]
    return (f"{' is made from '.join(steps[:2])}" + "".join(f", that from {step}" for step in steps[2:]),)


def never_run(entity: External, place: Place) -> NotStatic:
    """Why something outside the project has no value at compile time."""
    if entity.symbol in ONLY_IN_TASKS:
        return NotStatic(place, ONLY_IN_TASKS[entity.symbol], help_="use it inside a task", code=codes.UNSUPPORTED_EXPRESSION)
    known = unsupported(entity.qualified)
    if known:
        return NotStatic(place, f"`{known}` is not supported yet", help_=NOT_YET[known], code=codes.NOT_SUPPORTED_YET)
    name = _written(place.node) or entity.qualified.removeprefix("builtins.")
    for prefix, what in _IMPURE:
        inside = prefix if prefix.endswith(".") else f"{prefix}."
        if entity.qualified == prefix.rstrip(".") or entity.qualified.startswith(inside):
            message = f"`{name}` depends on {what}, and the same source must always compile to the same program"
            if name.startswith("__"):
                return NotStatic(place, message, help_="write the text itself")
            verb = "call" if isinstance(place.node, ast.Call) else "read"
            inside = "read the file inside a task" if name == "open" else f"{verb} `{name}` inside a task"
            return NotStatic(place, message, inside=inside)
    if name.startswith("__"):
        return NotStatic(place, f"`{name}` has no value while compiling", help_="write the value itself")
    help_ = "write the value itself, or compute it in a task"
    return NotStatic(place, f"`{name}` is code that compiling never runs", help_=help_)


def _written(node: ast.AST) -> str:
    """A dotted name as the source writes it; empty where it is something else."""
    node = node.func if isinstance(node, ast.Call) else node
    root = node
    while isinstance(root, ast.Attribute):
        root = root.value
    return ast.unparse(node) if isinstance(root, ast.Name) else ""


def unusable(entity: Entity, place: Place, text: str) -> NotStatic:
    """Why an entity that is no value cannot stand in a static expression."""
    if isinstance(entity, UnstableEntity):
        message = f"`{entity.name}` is not a constant: {entity.reason}"
        help_ = "define it once at the top level of the module, outside of any `if`, loop or `try`"
        if entity.reason == FROM_FILE:
            give = f"give `{entity.name}` a value: `--set {entity.name}=...`"
            help_ = f"write the value itself, read the file inside a task, or {give}"
        elif entity.reason == IN_WITH:
            help_ = "set it at the top level of the module, outside of the `with`"
        there = (Place(entity.module, entity.node), "here")
        return NotStatic(place, message, help_=help_, code=codes.UNSTABLE_NAME, related=there, cause=Cause(there[0], ()))
    if isinstance(entity, Unresolved):
        return NotStatic(
            place,
            f"`{text}` is not found: {entity.reason}",
            help_=entity.help,
            code=codes.UNRESOLVED_NAME,
            reported=entity.reported,
        )
    if isinstance(entity, FunctionEntity):
        return NotStatic(
            place,
            f"`{entity.node.name}` is a function, and compiling runs no functions",
            help_="write the value itself, or compute it in a task",
        )
    what = "a module" if isinstance(entity, ModuleEntity | PackageEntity) else "a class"
    return NotStatic(place, f"`{text}` is {what}, not a value")
