"""Findings for programs and logs: one line each, JSON, annotations of GitHub; and how often each code was found.

Input: findings and sources. Output: text. ``text`` shows findings to people, ``sarif`` to code scanners.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from dagwright_compiler.diagnostics.cells import visible
from dagwright_compiler.diagnostics.patches import fix_mark
from dagwright_compiler.diagnostics.places import Place, Places
from dagwright_compiler.source import file_and_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dagwright_compiler.diagnostics.model import Code, Diagnostic, Fix
    from dagwright_compiler.source import SourceFile

VERSION = 1
"""Of the JSON form: raised when a field changes its meaning or goes."""


def render(found: Sequence[Diagnostic], sources: Mapping[str, SourceFile], form: str, *, unsafe_fixes: bool = False) -> str:
    """Write findings in the form of a name: ``concise``, ``json`` or ``github``."""
    places = Places(sources)
    if form == "json":
        return pretty(as_data(found, places))
    if form == "github":
        return "".join(f"{_annotation(diagnostic, places)}\n" for diagnostic in found)
    return "".join(f"{_concise(diagnostic, places, fix_mark(diagnostic, unsafe=unsafe_fixes))}\n" for diagnostic in found)


def as_data(found: Sequence[Diagnostic], places: Places) -> dict[str, Any]:
    """All findings and their numbers, as plain data."""
    errors = sum(diagnostic.is_error for diagnostic in found)
    return {
        "version": VERSION,
        "findings": [_data(diagnostic, places) for diagnostic in found],
        "summary": {
            "errors": errors,
            "warnings": len(found) - errors,
            "files": len({diagnostic.span.file[0] for diagnostic in found if diagnostic.span}),
        },
    }


def statistics(found: Sequence[Diagnostic], paint: Callable[[str, str], str]) -> str:
    """One line a code, the most frequent first: how often, code, severity, title."""
    counts = _counts(found)
    width = max((len(str(count)) for _, count in counts), default=0)
    return "".join(
        f"{count:>{width}}  {paint(code.severity, code.id)}  {code.severity:<7}  {code.title}\n" for code, count in counts
    )


def statistics_json(found: Sequence[Diagnostic]) -> str:
    """The same for programs."""
    return pretty(
        [{"code": code.id, "severity": code.severity, "title": code.title, "count": count} for code, count in _counts(found)]
    )


def pretty(data: object) -> str:
    """Indented JSON that ends with a newline; ASCII, so that no terminal and no stray surrogate of a file name can break it."""
    return json.dumps(msgspec.to_builtins(data), indent=2) + "\n"


def full_message(found: Diagnostic) -> str:
    """The message with notes and help below it: for forms that have one field for all."""
    notes = [f"note: {note}" for note in found.notes]
    return "\n".join([found.message, *notes, *([f"help: {found.help}"] if found.help else [])])


def _counts(found: Sequence[Diagnostic]) -> list[tuple[Code, int]]:
    return sorted(Counter(diagnostic.code for diagnostic in found).items(), key=lambda item: (-item[1], item[0].id))


def _concise(found: Diagnostic, places: Places, mark: str) -> str:
    where = ""
    if found.span is not None:
        place = places.place(found.span)
        where = f"{place.path}:{place.line}:{place.column}: "
    return visible(f"{where}{found.code.id}{mark} {' '.join(found.message.split())}")


def _data(found: Diagnostic, places: Places) -> dict[str, Any]:
    return {
        "code": found.code.id,
        "severity": found.code.severity,
        "title": found.code.title,
        "message": found.message,
        "span": places.place(found.span) if found.span else None,
        "label": found.label,
        "related": [{"span": places.place(label.span), "label": label.text} for label in found.related],
        "notes": list(found.notes),
        "help": str(found.help),
        "fix": _fix(found.fix, places) if found.fix is not None else None,
    }


def _fix(fix: Fix, places: Places) -> dict[str, Any]:
    edits = [{"span": places.place(edit.span), "text": edit.text} for edit in fix.edits]
    return {"applicability": fix.applicability, "message": fix.message, "edits": edits}


def _annotation(found: Diagnostic, places: Places) -> str:
    """A command of GitHub's runner, which shows it on the line of a pull request."""
    properties = _position(places.place(found.span)) if found.span else {}
    properties["title"] = f"{found.code.id}: {found.code.title}"
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    where = f"cell {cell}, line {found.span.line}: " if found.span and (cell := found.span.file[1]) else ""
    return f"::{found.code.severity} {listed}::{_escaped(where + full_message(found))}"


def _position(place: Place) -> dict[str, Any]:
    file, cell = file_and_cell(place.path)
    if cell:
        return {"file": file}  # lines of a cell are none of the file
    position = {"file": file, "line": place.line, "endLine": place.end_line}
    if place.line == place.end_line:  # GitHub takes no columns over several lines
        position |= {"col": place.column, "endColumn": place.end_column}
    return position


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
