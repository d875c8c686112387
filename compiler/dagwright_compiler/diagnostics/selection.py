"""Which findings are shown, and how severe they are: ``[tool.dagwright.check]`` and the flags of ``check``.

A selection names codes (``DW304``) or beginnings of them (``DW3``). Where several fit a code, the longest holds; between equals ignoring wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import msgspec

from dagwright_compiler.diagnostics.codes import ALL
from dagwright_compiler.diagnostics.model import Code, Diagnostic, Severity
from dagwright_compiler.diagnostics.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

EVERYTHING = ("",)


class Selection(msgspec.Struct, frozen=True):
    """A choice of codes, and severities other than their own."""

    select: tuple[str, ...] = EVERYTHING
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = {}

    def shows(self, code: Code) -> bool:
        """Whether findings of a code are shown."""
        return _fit(code, self.select) > _fit(code, self.ignore)

    def apply(self, found: Iterable[Diagnostic], *, errors_stay: bool = False) -> tuple[Diagnostic, ...]:
        """The findings that are shown, with their severities.

        Args:
            found: Findings in any order, which is kept.
            errors_stay: Show errors as what they are, whatever is selected: where they are why nothing was written.
        """
        return tuple(
            diagnostic if errors_stay and diagnostic.is_error else self._with_severity(diagnostic)
            for diagnostic in found
            if self.shows(diagnostic.code) or (errors_stay and diagnostic.is_error)
        )

    def _with_severity(self, diagnostic: Diagnostic) -> Diagnostic:
        code = diagnostic.code
        start = max((start for start in self.severity if code.id.startswith(start)), key=len, default=None)
        if start is None or self.severity[start] == code.severity:
            return diagnostic
        return msgspec.structs.replace(diagnostic, code=msgspec.structs.replace(code, severity=self.severity[start]))


class Problem(NamedTuple):
    """What is wrong with one key of the table."""

    key: str
    message: str
    help: str = ""


class UnknownStartError(Exception):
    """No code begins so; the text is a message, ``help`` what may have been meant."""

    def __init__(self, start: str) -> None:
        super().__init__(f"no code begins with `{start}`")
        self.help = did_you_mean(start.upper(), ALL)


def checked_start(text: str) -> str:
    """A code or the beginning of one, in upper case.

    Raises:
        UnknownStartError: No code begins so.
    """
    start = text.strip().upper()
    if not start or not any(code.startswith(start) for code in ALL):
        raise UnknownStartError(text)
    return start


def read_selection(table: Mapping[str, Any]) -> tuple[Selection, list[Problem]]:
    """Read ``[tool.dagwright.check]``; a key with a problem is as if it were not there."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in table.items():
        if key not in _READERS:
            names = did_you_mean(key, _READERS) or f"the settings are {', '.join(f'`{name}`' for name in _READERS)}"
            problems.append(Problem(key, "", names))
            continue
        try:
            values[key] = _READERS[key](value)
        except UnknownStartError as error:
            problems.append(Problem(key, f"`{key}`: {error}", error.help))
        except TypeError as error:
            problems.append(Problem(key, f"`{key}` takes {error}"))
    return Selection(**values), problems


def _codes(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError('a list of codes, as in `["DW304", "DW4"]`')
    return tuple(map(checked_start, value))


def _severities(value: object) -> dict[str, Any]:
    known = get_args(Severity)
    if not isinstance(value, dict) or not all(severity in known for severity in value.values()):
        raise TypeError('codes and `"error"` or `"warning"`, as in `{DW493 = "error"}`')
    return {checked_start(start): severity for start, severity in value.items()}


_READERS = {"select": _codes, "ignore": _codes, "severity": _severities}


def _fit(code: Code, starts: Iterable[str]) -> int:
    """Length of the longest of the beginnings that fits; -1 when none does."""
    return max((len(start) for start in starts if code.id.startswith(start)), default=-1)
