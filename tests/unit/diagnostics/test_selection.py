from __future__ import annotations

from typing import Any

import pytest

from dagwright_compiler.diagnostics.codes import ALL
from dagwright_compiler.diagnostics.model import Code, Diagnostic
from dagwright_compiler.diagnostics.selection import Selection, UnknownStartError, checked_start, read_selection

EDGE, LINT = Diagnostic(ALL["DW304"], "an error"), Diagnostic(ALL["DW493"], "a warning")


@pytest.mark.parametrize(
    ("select", "ignore", "shown"),
    [
        ([], [], ["DW304", "DW493"]),
        (["DW3"], [], ["DW304"]),
        (["DW493"], [], ["DW493"]),
        ([], ["DW4"], ["DW304"]),
        (["DW493"], ["DW4"], ["DW493"]),
        (["DW4"], ["DW493"], []),
        (["DW4"], ["DW4"], []),
        (["DW"], ["DW30", "DW49"], []),
    ],
)
def test_the_longest_beginning_holds_and_between_equals_ignoring_wins(
    select: list[str], ignore: list[str], shown: list[str]
) -> None:
    table = ({"select": select} if select else {}) | {"ignore": ignore}
    selection, problems = read_selection(table)
    assert problems == []
    assert [found.code.id for found in selection.apply([EDGE, LINT])] == shown


def test_severities_are_replaced_by_the_longest_beginning() -> None:
    selection, _ = read_selection({"severity": {"DW3": "warning", "DW49": "warning", "dw493": "error"}})
    assert [(found.code.id, found.is_error) for found in selection.apply([EDGE, LINT])] == [("DW304", False), ("DW493", True)]


def test_errors_that_stay_are_neither_hidden_nor_softened() -> None:
    selection, _ = read_selection({"ignore": ["DW3"], "severity": {"DW3": "warning", "DW4": "error"}})
    first, second = selection.apply([EDGE, LINT], errors_stay=True)
    assert first is EDGE
    assert second.is_error


def test_codes_of_targets_that_are_not_ours_are_shown() -> None:
    found = Diagnostic(Code("XX1", "warning", "another"), "m")
    assert Selection(ignore=("DW",)).apply([found]) == (found,)


@pytest.mark.parametrize(
    ("table", "message", "help_text"),
    [
        ({"select": "DW3"}, '`select` takes a list of codes, as in `["DW304", "DW4"]`', ""),
        ({"ignore": ["DW340"]}, "`ignore`: no code begins with `DW340`", "did you mean `DW304`?"),
        ({"ignore": [""]}, "`ignore`: no code begins with ``", ""),
        ({"severity": {"DW4": "fatal"}}, '`severity` takes codes and `"error"` or `"warning"`, as in `{DW493 = "error"}`', ""),
        ({"severity": []}, '`severity` takes codes and `"error"` or `"warning"`, as in `{DW493 = "error"}`', ""),
        ({"selct": []}, "", "did you mean `select`?"),
    ],
)
def test_a_wrong_key_is_a_problem_and_as_if_it_were_not_there(table: dict[str, Any], message: str, help_text: str) -> None:
    selection, (problem,) = read_selection(table)
    assert selection == Selection()
    assert (problem.message, problem.help) == (message, help_text)


def test_beginnings_are_codes_in_either_case() -> None:
    assert checked_start(" dw3 ") == "DW3"
    with pytest.raises(UnknownStartError):
        checked_start("E501")
