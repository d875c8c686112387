from __future__ import annotations

import codecs
import json
from typing import Any

import jsonschema
import pytest
from golden_cases import ROOT, Case, findings, read
from sarif_schema import validate

from dagwright_compiler.diagnostics.codes import EDGE_MISMATCH, UNUSED_RESULT
from dagwright_compiler.diagnostics.formats import render, statistics, statistics_json
from dagwright_compiler.diagnostics.model import Code, Diagnostic, Label
from dagwright_compiler.diagnostics.places import Place, Places
from dagwright_compiler.diagnostics.sarif import render as render_sarif
from dagwright_compiler.source import SourceFile, Span


def source(path: str, data: bytes) -> SourceFile:
    return SourceFile(path=path, module="flow", data=data, text=data.removeprefix(codecs.BOM_UTF8).decode())


FLOW = source("my flow,1.py", 'x = 1\n\t"é"; n = double(x=x)\n'.encode())
SPAN = Span(FLOW.path, 2, 11, 2, 22)
FOUND = (
    Diagnostic(
        EDGE_MISMATCH,
        "100% wrong\nreally",
        SPAN,
        "expected `str`",
        (Label(Span(FLOW.path, 1, 0, 1, 1), "this is `int`"),),
        ("a note",),
        "convert it",
    ),
    Diagnostic(UNUSED_RESULT, "never used", Span(FLOW.path, 1, 4, 2, 3)),
    Diagnostic(UNUSED_RESULT, "nowhere \x1b[31m"),
)
SOURCES = {FLOW.path: FLOW}


def place(data: bytes, *at: int) -> Place:
    file = source("flow.py", data)
    return Places({"flow.py": file}).place(Span("flow.py", *at))


def test_a_place_counts_characters_from_one_and_offsets_from_zero() -> None:
    found = Places(SOURCES).place(SPAN)
    assert found == Place(FLOW.path, 2, 11, 2, 22, 17, 28, 16, 27)
    assert FLOW.data[17:28].decode() == FLOW.text[16:27] == "double(x=x)"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_offsets_hold_for_every_line_end_and_behind_a_byte_order_mark(end: bytes, mark: bytes) -> None:
    data = mark + end.join([b"# \f\xe2\x80\xa8 one line", "e\u0301 = 日本".encode(), b""])
    found = place(data, 2, 6, 2, 12)
    assert (found.column, found.end_column) == (6, 8)
    assert found.byte_start is not None
    assert data[found.byte_start : found.byte_end].decode() == "日本"
    assert data.removeprefix(codecs.BOM_UTF8).decode()[found.character_start : found.character_end] == "日本"


def test_places_beyond_the_end_are_the_end() -> None:
    assert place(b"ab\n", 9, 3, 9, 9) == Place("flow.py", 9, 1, 9, 1, 3, 3, 3, 3)
    assert place(b"ab", 1, 1, 1, 9) == Place("flow.py", 1, 2, 1, 3, 1, 2, 1, 2)


def test_a_file_that_is_no_text_counts_its_bytes() -> None:
    broken = SourceFile(path="flow.py", module="", data=b'# ok\nx = "\xff"\n', text="")
    found = Places({"flow.py": broken}).place(Span("flow.py", 2, 5, 2, 6))
    assert (found.column, found.byte_start, found.byte_end) == (6, 10, 11)


def test_a_file_that_is_not_at_hand_has_no_offsets() -> None:
    assert Places({}).place(SPAN) == Place(FLOW.path, 2, 12, 2, 23)


def test_concise_is_one_safe_line_a_finding() -> None:
    assert render(FOUND, SOURCES, "concise") == (
        "my flow,1.py:2:11: DW304 100% wrong really\nmy flow,1.py:1:5: DW493 never used\nDW493 nowhere \u241b[31m\n"
    )


def test_json_holds_every_part_of_a_finding() -> None:
    data = json.loads(render(FOUND, SOURCES, "json"))
    assert data["version"] == 1
    assert data["summary"] == {"errors": 1, "warnings": 2, "files": 1}
    first, _, last = data["findings"]
    assert first["span"] == {
        "path": FLOW.path,
        "line": 2,
        "column": 11,
        "end_line": 2,
        "end_column": 22,
        "byte_start": 17,
        "byte_end": 28,
        "character_start": 16,
        "character_end": 27,
    }
    assert (first["code"], first["severity"], first["message"]) == ("DW304", "error", "100% wrong\nreally")
    assert first["related"][0]["label"] == "this is `int`"
    assert (first["label"], first["notes"], first["help"]) == ("expected `str`", ["a note"], "convert it")
    assert last["span"] is None


def test_github_takes_columns_on_one_line_only_and_escapes_what_it_reads() -> None:
    first, second, third = render(FOUND, SOURCES, "github").splitlines()
    title = "title=DW304%3A a result does not fit the input it is passed to"
    assert first == (
        f"::error file=my flow%2C1.py,line=2,endLine=2,col=11,endColumn=22,{title}"
        "::100%25 wrong%0Areally%0Anote: a note%0Ahelp: convert it"
    )
    assert second.startswith("::warning file=my flow%2C1.py,line=1,endLine=2,title=DW493%3A ")
    assert third.startswith("::warning title=DW493%3A ")


def sarif(found: tuple[Diagnostic, ...]) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(render_sarif(found, SOURCES))
    validate(data)
    return data


def test_sarif_is_valid_and_its_rules_are_pages() -> None:
    (run,) = sarif(FOUND)["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["DW304", "DW493"]
    assert "One task gives a type" in rules[0]["fullDescription"]["text"]
    assert "```python" in rules[0]["help"]["markdown"]
    first, _, last = run["results"]
    assert (first["ruleId"], first["ruleIndex"], first["level"]) == ("DW304", 0, "error")
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "my%20flow%2C1.py"},
        "region": {"startLine": 2, "startColumn": 11, "endLine": 2, "endColumn": 22},
    }
    assert first["relatedLocations"][0]["message"] == {"text": "this is `int`"}
    assert "locations" not in last


def test_sarif_without_findings_is_a_run_without_results() -> None:
    assert sarif(())["runs"][0]["results"] == []


def test_sarif_takes_codes_of_targets_that_are_not_ours_and_names_that_are_no_text() -> None:
    found = Diagnostic(Code("XX1", "warning", "another"), "m \udc80", Span("a\udc80.py", 1, 0, 1, 1))
    (run,) = sarif((found,))["runs"]
    assert run["tool"]["driver"]["rules"][0]["id"] == "XX1"


@pytest.mark.parametrize(
    "name", ["errors/planted_mistakes", "errors/dw590_unreadable_settings", "argo_errors/dw532_refused_name"]
)
def test_sarif_of_real_findings_is_valid(name: str) -> None:
    case = Case(ROOT / name)
    found = findings(case)
    assert found
    document = json.loads(render_sarif(found, read(case).sources()))
    validate(document)
    assert len(document["runs"][0]["results"]) == len(found)


def test_the_schema_refuses_what_sarif_refuses() -> None:
    good = sarif(FOUND)
    for path, wrong in (
        (("version",), "2.0.0"),
        (("runs", 0, "columnKind"), "bytes"),
        (("runs", 0, "results", 0, "level"), "fatal"),
        (("runs", 0, "results", 0, "message"), {}),
        (("runs", 0, "results", 0, "locations", 0, "physicalLocation", "region", "startLine"), 0),
        (("runs", 0, "tool", "driver"), {"version": "1"}),
    ):
        data = json.loads(json.dumps(good))
        at: Any = data
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = wrong
        with pytest.raises(jsonschema.ValidationError):
            validate(data)


def test_statistics_count_by_code_the_most_frequent_first() -> None:
    assert statistics(FOUND * 5, lambda _, text: text) == (
        "10  DW493  warning  the result of a call is never used\n"
        " 5  DW304  error    a result does not fit the input it is passed to\n"
    )
    assert [(item["code"], item["count"]) for item in json.loads(statistics_json(FOUND))] == [("DW493", 2), ("DW304", 1)]
    assert statistics((), lambda _, text: text) == ""
