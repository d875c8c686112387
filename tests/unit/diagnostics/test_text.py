from __future__ import annotations

import re

import pytest

from dagwright_compiler.diagnostics.cells import Cells, visible, width_of
from dagwright_compiler.diagnostics.model import Code, Diagnostic, Label
from dagwright_compiler.diagnostics.text import TextRenderer, summary
from dagwright_compiler.source import SourceFile, Span

ERROR = Code("DW301", "error", "a title")
WARNING = Code("DW493", "warning", "a title")


def source(path: str, text: str) -> SourceFile:
    return SourceFile(path=path, module=path.removesuffix(".py"), data=text.encode(), text=text)


def span_of(file: SourceFile, part: str, occurrence: int = 0) -> Span:
    """Span of a piece of text on one line, columns in bytes as `ast` counts them."""
    at = [match.start() for match in re.finditer(re.escape(part), file.text)][occurrence]
    before = file.text[:at]
    line = before.count("\n") + 1
    column = len(before[before.rfind("\n") + 1 :].encode())
    return Span(file.path, line, column, line, column + len(part.encode()))


def frame(file: SourceFile, part: str, **more: object) -> str:
    found = Diagnostic(ERROR, "wrong", span_of(file, part), **more)  # type: ignore[arg-type]
    return TextRenderer({file.path: file}).frame(found)


FLOW = source(
    "flow.py",
    "from dagwright import workflow\n\n@workflow\ndef main(img: str) -> str:\n    n = resize(img=img)\n\n\n    return label(name=n)\n",
)


def test_a_frame_shows_both_places_and_what_to_do() -> None:
    found = Diagnostic(
        ERROR,
        "`resize` gives `int`, but `label.name` takes `str`",
        Span("flow.py", 8, 22, 8, 23),
        "expected `str`",
        (Label(span_of(FLOW, "resize(img=img)"), "this is `int`"),),
        ("an int never becomes a str\nby itself",),
        "convert inside a task",
    )
    assert TextRenderer({"flow.py": FLOW}).frame(found) == (
        "error[DW301]: `resize` gives `int`, but `label.name` takes `str`\n"
        " --> flow.py:8:23\n"
        "5 |     n = resize(img=img)\n"
        "  |         --------------- this is `int`\n"
        "...\n"
        "8 |     return label(name=n)\n"
        "  |                       ^ expected `str`\n"
        "note: an int never becomes a str\n"
        "      by itself\n"
        "help: convert inside a task\n"
    )


def test_labels_on_one_line_hang_below_it() -> None:
    found = Diagnostic(
        ERROR,
        "wrong",
        span_of(FLOW, "n)"),
        "the value",
        (Label(span_of(FLOW, "label"), "the task"), Label(span_of(FLOW, "return"), "the way out")),
    )
    assert TextRenderer({"flow.py": FLOW}).frame(found).splitlines()[2:] == [
        "8 |     return label(name=n)",
        "  |     ------ -----      ^^ the value",
        "  |     |      |",
        "  |     |      the task",
        "  |     the way out",
    ]


def test_a_label_over_another_hangs_too() -> None:
    found = Diagnostic(ERROR, "wrong", span_of(FLOW, "name=n"), "inner", (Label(span_of(FLOW, "label(name=n)"), "outer"),))
    assert TextRenderer({"flow.py": FLOW}).frame(found).splitlines()[3:] == [
        "  |            ------^^^^^^-",
        "  |            |     |",
        "  |            |     inner",
        "  |            outer",
    ]


def test_a_single_line_between_two_marks_is_shown() -> None:
    file = source("a.py", "one\ntwo\nthree\n")
    text = frame(file, "three", related=(Label(span_of(file, "one"), "first"),))
    assert "1 | one\n  | --- first\n2 | two\n3 | three\n  | ^^^^^\n" in text


def test_other_files_follow_under_their_own_place() -> None:
    other = source("pkg/other.py", "\n" * 11 + "def label(name: str) -> str: ...\n")
    found = Diagnostic(ERROR, "wrong", span_of(FLOW, "n)"), related=(Label(span_of(other, "name: str"), "declared here"),))
    assert TextRenderer({"flow.py": FLOW, other.path: other}).frame(found) == (
        "error[DW301]: wrong\n"
        "  --> flow.py:8:23\n"
        " 8 |     return label(name=n)\n"
        "   |                       ^^\n"
        "  ::: pkg/other.py:12:11\n"
        "12 | def label(name: str) -> str: ...\n"
        "   |           --------- declared here\n"
    )


def test_a_file_that_is_not_at_hand_is_named_and_its_label_kept() -> None:
    found = Diagnostic(ERROR, "wrong", Span("gone.py", 3, 4, 3, 5), "here")
    assert TextRenderer({}).frame(found) == "error[DW301]: wrong\n --> gone.py:3:5\nnote: gone.py:3:5: here\n"


def test_a_finding_without_a_place_has_no_location() -> None:
    assert TextRenderer({}).frame(Diagnostic(ERROR, "wrong", help="do")) == "error[DW301]: wrong\nhelp: do\n"


@pytest.mark.parametrize(
    ("text", "part", "carets"),
    [
        ("\tx = call(y)", "call", "        ^^^^"),
        ("s = '日本' + call", "call", "             ^^^^"),
        ("s = '日本'", "日本", "     ^^^^"),
        ("e\u0301 = call", "call", "    ^^^^"),
        ("'👩\u200d👧' + call", "call", "         ^^^^"),
        ("'\x07' + call", "call", "      ^^^^"),
        ("é = call", "call", "    ^^^^"),
    ],
)
def test_carets_stand_below_what_they_mark(text: str, part: str, carets: str) -> None:
    assert frame(source("a.py", text), part).splitlines()[3] == "  | " + carets


def test_the_column_printed_counts_characters() -> None:
    assert "a.py:1:8\n" in frame(source("a.py", "'日本' + call"), "call")


def test_a_span_over_several_lines_is_marked_on_its_first() -> None:
    file = source("a.py", "f(\n  1,\n)\n")
    text = TextRenderer({"a.py": file}).frame(Diagnostic(ERROR, "wrong", Span("a.py", 1, 0, 3, 1), "call"))
    assert text.endswith("1 | f(\n  | ^^ call\n")


def test_an_empty_span_at_the_end_of_the_file_has_a_caret() -> None:
    file = source("a.py", "f(\n")
    text = TextRenderer({"a.py": file}).frame(Diagnostic(ERROR, "wrong", Span("a.py", 2, 0, 2, 0)))
    assert text.endswith("2 |\n  | ^\n")


def test_lines_split_where_python_splits_them() -> None:
    file = source("a.py", "a = '\u2028\x0c\x1c'\r\nb = 1\rc = call\n")
    text = TextRenderer({"a.py": file}).frame(Diagnostic(ERROR, "wrong", Span("a.py", 3, 4, 3, 8)))
    assert text.endswith("3 | c = call\n  |     ^^^^\n")


@pytest.mark.parametrize("width", [60, 80, 100])
@pytest.mark.parametrize("name", ["arg0", "arg7", "arg40", "arg79"])
def test_long_lines_are_clipped_around_the_mark(width: int, name: str) -> None:
    file = source("a.py", f"call({', '.join(f'arg{number}' for number in range(80))})")
    rows = TextRenderer({"a.py": file}, width=width).frame(Diagnostic(ERROR, "wrong", span_of(file, name))).splitlines()
    assert all(len(row) <= width for row in rows)
    assert "..." in rows[2]
    at = rows[3].index("^")
    assert rows[2][at : at + len(name)] == name


def test_a_label_clipped_away_becomes_a_note() -> None:
    file = source("a.py", f"call({', '.join(f'arg{number}' for number in range(80))})")
    found = Diagnostic(ERROR, "wrong", span_of(file, "arg79"), related=(Label(span_of(file, "call"), "the task"),))
    assert "note: a.py:1:1: the task\n" in TextRenderer({"a.py": file}, width=80).frame(found)


def test_sentences_are_broken_for_people_and_kept_whole_for_programs() -> None:
    file = source("a.py", "x = call\n")
    message = "the result of `a_task_with_quite_a_long_name` is `list[int]`, but `other_task.value` takes `dict[str, float]`"
    found = Diagnostic(
        ERROR,
        message,
        Span("a.py", 1, 4, 1, 8),
        help="add to the file:\n      [tool.dagwright]  # as it stands, however long its lines may be",
    )
    assert TextRenderer({"a.py": file}, width=60).frame(found).splitlines()[0] == f"error[DW301]: {message}"
    assert (
        TextRenderer({"a.py": file}, width=60, wrapped=True).frame(found)
        == """\
error[DW301]: the result of `a_task_with_quite_a_long_name`
  is `list[int]`, but `other_task.value` takes
  `dict[str, float]`
 --> a.py:1:5
1 | x = call
  |     ^^^^
help: add to the file:
            [tool.dagwright]  # as it stands, however long its lines may be
"""
    )


def test_a_label_without_room_moves_under_its_line_or_becomes_a_note() -> None:
    file = source("a.py", f"{'x' * 50} = call\n")
    near, far = "expected a number here", "something that takes many more words than any terminal has columns for them"
    frame = TextRenderer({"a.py": file}, width=62).frame(Diagnostic(ERROR, "wrong", span_of(file, "call"), near))
    assert frame.splitlines()[3:] == ["  | " + " " * 53 + "^^^^", "  | " + " " * 53 + "|", "  | " + " " * 36 + near]
    assert f"note: a.py:1:54: {far}\n" in TextRenderer({"a.py": file}, width=62).frame(
        Diagnostic(ERROR, "wrong", span_of(file, "call"), far)
    )


def test_a_report_says_where_to_read_more() -> None:
    one = Diagnostic(ERROR, "one", Span("a.py", 1, 0, 1, 1))
    assert "\n\nmore on this: `dagwright explain DW301`\n2 errors in 1 file\n" in TextRenderer({}).report([one, one])
    assert "\n\nmore on a code: `dagwright explain DW493`\n" in TextRenderer({}).report([Diagnostic(WARNING, "two"), one])


def test_nothing_from_the_source_reaches_the_terminal_as_a_command() -> None:
    file = source("a\x1b[31m.py", "x = '\x1b[2J\u202e'\n")
    found = Diagnostic(ERROR, "bad \x1b]0;title\x07", Span(file.path, 1, 0, 1, 1), "l\x1b", help="h\x1b")
    text = TextRenderer({file.path: file}).frame(found)
    assert not any(ord(char) < 0x20 and char != "\n" for char in text)
    assert "\u202e" not in text


def test_colour_adds_nothing_but_colour() -> None:
    found = Diagnostic(WARNING, "wrong", span_of(FLOW, "n)"), "v", (Label(span_of(FLOW, "label"), "t"),), ("n",), "h")
    plain = TextRenderer({"flow.py": FLOW}).frame(found)
    colored = TextRenderer({"flow.py": FLOW}, color=True).frame(found)
    assert "\x1b[1;33mwarning[DW493]" in colored
    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == plain


def test_a_report_separates_frames_and_counts_them() -> None:
    found = [
        Diagnostic(ERROR, "one", Span("a.py", 1, 0, 1, 1)),
        Diagnostic(ERROR, "two", Span("b.py", 1, 0, 1, 1)),
        Diagnostic(WARNING, "three", Span("c.py", 1, 0, 1, 1)),
    ]
    text = TextRenderer({}).report(found)
    assert text.count("\n\n") == 3
    assert text.endswith("\n2 errors, 1 warning in 3 files\n")
    assert TextRenderer({}).report([]) == ""


def test_a_summary_names_only_what_there_is() -> None:
    assert summary([Diagnostic(ERROR, "one", Span("a.py", 1, 0, 1, 1))]) == "1 error in 1 file"
    assert summary([Diagnostic(WARNING, "one")]) == "1 warning"
    assert summary([]) == "no findings"


def test_cells_count_what_a_terminal_shows() -> None:
    assert width_of("ab日e\u0301") == 5
    assert Cells("\t日x").width == 7
    assert Cells("日本語").text(1, 5) == " 本"
    assert visible("a\tb\x00\x7f\x9b\ud800") == "a\u2409b\u2400\u2421\ufffd\ufffd"
    assert Cells("é").character(7) == 6
