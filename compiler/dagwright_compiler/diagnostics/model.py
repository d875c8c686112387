"""Diagnostics: what is wrong in the user's source, where, and what to write instead.

User mistakes are collected as values and never raised; a bug of ours is ``InternalError``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from dagwright_compiler.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

Severity = Literal["error", "warning"]
Applicability = Literal["machine-applicable", "maybe-incorrect"]
"""Whether a fix is what the user means, or a guess that has to be looked at."""


class Code(msgspec.Struct, frozen=True):
    """An entry of the registry: ``DW`` and three digits, never reused. ``title`` is one lower-case clause."""

    id: str
    severity: Severity
    title: str


class Label(msgspec.Struct, frozen=True):
    """A secondary span with a word on what stands there."""

    span: Span
    text: str


class Edit(msgspec.Struct, frozen=True):
    """A change of the source: ``text`` in the place of what stands at ``span``, which may be empty."""

    span: Span
    text: str


class Fix(msgspec.Struct, frozen=True):
    """Edits that end a finding, all in one file and apart from each other; ``message`` says what they do."""

    message: str
    applicability: Applicability
    edits: tuple[Edit, ...]

    @property
    def is_certain(self) -> bool:
        """Whether it may be applied without anybody looking at it."""
        return self.applicability == "machine-applicable"


class Diagnostic(msgspec.Struct, frozen=True):
    """One finding. ``message`` says what is wrong (lower case, no full stop); ``help`` what to write instead.

    ``fix`` is filled in for findings that are shown or fixed, where there is one (see ``dagwright_compiler.fixes``).
    """

    code: Code
    message: str
    span: Span | None = None
    label: str = ""
    related: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str = ""
    fix: Fix | None = None

    @property
    def is_error(self) -> bool:
        """Whether it keeps the output from being written."""
        return self.code.severity == "error"


class Collector:
    """Takes findings in any order; gives them sorted by file, line, column and code, without duplicates."""

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}

    def add(self, diagnostic: Diagnostic) -> None:
        """Keep a finding; an equal one counts once."""
        self._found[diagnostic] = None

    @property
    def has_errors(self) -> bool:
        """Whether any finding is an error."""
        return any(found.is_error for found in self._found)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """All findings in reading order; those without a span first."""
        return in_reading_order(self._found)


def in_reading_order(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort findings by file, line, column and code; those without a span first."""
    return tuple(sorted(found, key=_reading_order))


def _reading_order(found: Diagnostic) -> tuple[str, int, int, int, str, str]:
    span = found.span
    if span is None:
        return ("", 0, 0, 0, found.code.id, found.message)
    return (*span.file, span.line, span.column, found.code.id, found.message)


class InternalError(Exception):
    """A bug of dagwright, never the user's mistake."""
