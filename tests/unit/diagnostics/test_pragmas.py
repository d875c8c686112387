from __future__ import annotations

import pytest

from dagwright_compiler.diagnostics.codes import ALL
from dagwright_compiler.diagnostics.model import Diagnostic
from dagwright_compiler.diagnostics.pragmas import Pragmas
from dagwright_compiler.source import SourceFile, Span


def pragmas(text: str) -> Pragmas:
    return Pragmas([SourceFile(path="flow.py", module="flow", data=text.encode(), text=text)])


def silenced(text: str, code: str = "DW493", line: int = 1) -> bool:
    return pragmas(text).silences(Diagnostic(ALL[code], "m", Span("flow.py", line, 0, line, 1)))


@pytest.mark.parametrize(
    "comment",
    [
        "# dagwright: ignore[DW493]",
        "#dagwright:ignore[dw493] because",
        "# dagwright: ignore [ DW304 ,DW493 ] because",
        "# type: ignore  # dagwright: ignore[DW493]",
        "# dagwright: ignore[DW304] a  # dagwright: ignore[DW493] b",
    ],
)
def test_a_comment_silences_its_codes_on_its_line(comment: str) -> None:
    assert silenced(f"x = 1  {comment}\ny = 2\n")
    assert not silenced(f"x = 1  {comment}\ny = 2\n", line=2)
    assert not silenced(f"x = 1  {comment}\n", code="DW494")


def test_a_comment_for_the_file_silences_everywhere() -> None:
    text = "x = 1\n# dagwright: ignore-file[DW493]\n"
    assert silenced(text, line=1)
    assert silenced(text, line=99)


@pytest.mark.parametrize(
    "text",
    [
        'x = "# dagwright: ignore[DW493]"\n',
        '"""\n# dagwright: ignore-file[DW493]\n"""\n',
        "# dagwright ignore[DW493]\n",
        "# dagwright: see ignore[DW493]\n",
    ],
)
def test_text_that_is_no_comment_of_this_form_silences_nothing(text: str) -> None:
    assert not silenced(text, line=1)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_pythons(end: str) -> None:
    assert silenced(end.join(["# \f \u2028 one", "x = 1  # dagwright: ignore[DW493]", ""]), line=2)


def test_findings_without_a_place_are_not_silenced() -> None:
    assert not pragmas("# dagwright: ignore-file[DW493]\n").silences(Diagnostic(ALL["DW493"], "m"))


def test_what_precedes_a_mistake_of_syntax_still_counts() -> None:
    assert silenced("x = 1  # dagwright: ignore[DW493]\n  y = (\n")


@pytest.mark.parametrize(
    ("comment", "message", "marked", "help_text"),
    [
        ("ingore[DW493]", "`ingore` is not a comment that dagwright knows", "ingore", "did you mean `ignore`?"),
        ("ignore-files", "`ignore-files` is not a comment", "ignore-files", "did you mean `ignore-file`?"),
        ("skip[DW493]", "`skip` is not a comment", "skip", "write `# dagwright: ignore[DW493] reason`"),
        ("ignore", "`ignore` does not say which code", "ignore", "write `# dagwright: ignore[DW493] reason`"),
        ("ignore[]", "`ignore` does not say which code", "ignore", "write `# dagwright: ignore[DW493] reason`"),
        (
            "ignore dw494 it is fine",
            "`ignore` does not say which code in brackets",
            "ignore",
            "write `# dagwright: ignore[DW494]`",
        ),
        ("ignore[DW340]", "there is no code `DW340`", "DW340", "did you mean `DW304`?"),
        ("ignore[DW493, DW4]", "there is no code `DW4`", "DW4", "write `# dagwright: ignore[DW493] reason`"),
    ],
)
def test_a_misspelt_comment_is_reported_where_it_is_wrong(comment: str, message: str, marked: str, help_text: str) -> None:
    text = f'x = "é"  # dagwright: {comment}\n'
    (found,) = pragmas(text).wrong
    assert (found.code.id, found.code.severity) == ("DW593", "warning")
    assert message in found.message
    assert help_text in found.help
    assert found.span is not None
    assert text.encode()[found.span.column : found.span.end_column].decode() == marked


def test_sentences_about_dagwright_are_left_alone() -> None:
    assert pragmas("# dagwright: the compiler\n# see https://example.org/dagwright: x\n").wrong == []


def test_codes_that_silenced_nothing_are_unused() -> None:
    read = pragmas("x = 1  # dagwright: ignore[DW493, DW494, DW594, DW531]\n# dagwright: ignore-file[DW205]\n")
    assert read.silences(Diagnostic(ALL["DW493"], "m", Span("flow.py", 1, 0, 1, 1)))
    assert [(found.code.id, found.message) for found in read.unused()] == [
        ("DW594", "`DW494` is ignored, but this line has no such finding"),
        ("DW594", "`DW205` is ignored, but this file has no such finding"),
    ]
