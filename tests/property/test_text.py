"""Frames of any text: nothing raises, nothing is wider than asked, carets stay below what they mark."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dagwright_compiler.diagnostics.cells import Cells, visible, width_of
from dagwright_compiler.diagnostics.model import Code, Diagnostic, Label
from dagwright_compiler.diagnostics.text import TextRenderer
from dagwright_compiler.source import SourceFile, Span

CODE = Code("DW301", "error", "a title")
CHARS = st.sampled_from("ab \t日é\u0301👩\u200d\x00\x1b\x7f\x85\u2028\u202e\ud800") | st.characters(exclude_characters="\r\n")
LINES = st.text(CHARS, max_size=60)
COLUMNS = st.integers(0, 200)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    line = draw(st.integers(1, 6))
    return Span("a.py", line, draw(COLUMNS), line + draw(st.integers(0, 2)), draw(COLUMNS))


@given(st.lists(LINES, max_size=5), spans(), st.lists(st.tuples(spans(), st.text(max_size=5)), max_size=4), st.integers(20, 90))
def test_a_frame_of_any_text_fits_the_terminal(
    lines: list[str], primary: Span, related: list[tuple[Span, str]], width: int
) -> None:
    text = "\n".join(lines)
    sources = {"a.py": SourceFile(path="a.py", module="a", data=b"", text=text)}
    found = Diagnostic(CODE, "wrong", primary, "", tuple(Label(span, label) for span, label in related))
    rows = TextRenderer(sources, width=width).frame(found).split("\n")
    assert all(width_of(row) <= max(width, 44) for row in rows if row[:1].isdigit())
    assert not any(ord(char) < 0x20 for row in rows for char in row)


@given(
    st.text(CHARS, max_size=30),
    spans(),
    st.lists(st.text(CHARS | st.just(" "), max_size=300), min_size=4, max_size=4),
    st.integers(60, 120),
)
def test_sentences_and_labels_fit_the_terminal_and_lose_no_word(line: str, span: Span, texts: list[str], width: int) -> None:
    sources = {"a.py": SourceFile(path="a.py", module="a", data=b"", text="\n".join([line] * 6))}
    message, label, note, help_text = (" ".join(text.split()) for text in texts)
    found = Diagnostic(CODE, message, span, label, notes=(note,) if note else (), help=help_text)
    frame = TextRenderer(sources, width=width, wrapped=True).frame(found)
    unbroken = max(width_of(visible(word)) for text in (message, label, note, help_text) for word in (text or " ").split(" "))
    assert all(width_of(row) <= width for row in frame.split("\n")) or unbroken > 30
    for text in (message, label, note, help_text):
        assert "".join(visible(text).split()) in "".join(frame.split())


@given(LINES, st.data())
def test_a_caret_stands_below_its_character(line: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, max(0, len(line) - 1)))
    column = len(line[:at].encode("utf-8", "surrogatepass"))
    cells = Cells(line)
    assert cells.character(column) == at
    assert cells.cell(column) == width_of("".join("    " if char == "\t" else visible(char) for char in line[:at]))
