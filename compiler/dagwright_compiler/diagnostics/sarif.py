"""Findings as SARIF 2.1.0, which code scanners read. Rules are the pages of the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dagwright_compiler import __version__
from dagwright_compiler.diagnostics.codes import ALL
from dagwright_compiler.diagnostics.explanations import explanation
from dagwright_compiler.diagnostics.formats import full_message, pretty
from dagwright_compiler.diagnostics.pages import markdown
from dagwright_compiler.diagnostics.places import Place, Places
from dagwright_compiler.source import file_and_cell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dagwright_compiler.diagnostics.model import Code, Diagnostic, Fix
    from dagwright_compiler.source import SourceFile

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(found: Sequence[Diagnostic], sources: Mapping[str, SourceFile]) -> str:
    """The document as text."""
    return pretty(document(found, Places(sources)))


def document(found: Sequence[Diagnostic], places: Places) -> dict[str, Any]:
    """One run with a rule for each code that was found."""
    codes = {diagnostic.code.id: diagnostic.code for diagnostic in found}
    indices = {id_: at for at, id_ in enumerate(sorted(codes))}
    # The registry's entry: a finding's own may have another severity, by settings.
    rules = [_rule(ALL.get(id_, codes[id_])) for id_ in indices]
    driver = {"name": "dagwright", "version": __version__, "rules": rules}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(diagnostic, indices[diagnostic.code.id], places) for diagnostic in found],
            }
        ],
    }


def _rule(code: Code) -> dict[str, Any]:
    rule = {"id": code.id, "shortDescription": {"text": code.title}, "defaultConfiguration": {"level": code.severity}}
    if code.id not in ALL:  # of a target that is not ours
        return rule
    text = explanation(code).text
    return {**rule, "fullDescription": {"text": text}, "help": {"text": text, "markdown": markdown([code])}}


def _result(found: Diagnostic, index: int, places: Places) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": found.code.id,
        "ruleIndex": index,
        "level": found.code.severity,
        "message": {"text": full_message(found)},
    }
    if found.span is not None:
        result["locations"] = [_location(places.place(found.span))]
    if found.related:
        result["relatedLocations"] = [
            {**_location(places.place(label.span)), "id": at, "message": {"text": label.text}}
            for at, label in enumerate(found.related, 1)
        ]
    if found.fix is not None and not file_and_cell(found.fix.edits[0].span.path)[1]:  # lines of a cell are none of the file
        result["fixes"] = [_fix(found.fix, places)]
    return result


def _fix(fix: Fix, places: Places) -> dict[str, Any]:
    replacements = [
        {"deletedRegion": _region(places.place(edit.span)), "insertedContent": {"text": edit.text}} for edit in fix.edits
    ]
    change = {"artifactLocation": _artifact(fix.edits[0].span.path), "replacements": replacements}
    return {
        "description": {"text": fix.message},
        "artifactChanges": [change],
        "properties": {"applicability": fix.applicability},
    }


def _location(place: Place) -> dict[str, Any]:
    file, cell = file_and_cell(place.path)
    artifact = {"artifactLocation": _artifact(file)}
    if cell:  # lines of a cell are none of the file
        return {"physicalLocation": artifact, "message": {"text": f"cell {cell}, line {place.line}, column {place.column}"}}
    return {"physicalLocation": {**artifact, "region": _region(place)}}


def _artifact(file: str) -> dict[str, str]:
    return {"uri": quote(file, errors="surrogatepass")}


def _region(place: Place) -> dict[str, int]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
