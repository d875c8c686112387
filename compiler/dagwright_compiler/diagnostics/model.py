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


class Code(msgspec.Struct, frozen=True):
    """An entry of the registry: ``DW`` and three digits, never reused. ``title`` is one lower-case clause."""

    id: str
    severity: Severity
    title: str


class Label(msgspec.Struct, frozen=True):
    """A secondary span with a word on what stands there."""

    span: Span
    text: str


class Diagnostic(msgspec.Struct, frozen=True):
    """One finding. ``message`` says what is wrong (lower case, no full stop); ``help`` what to write instead."""

    code: Code
    message: str
    span: Span | None = None
    label: str = ""
    related: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str = ""

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
