"""Whatever a file holds, places lie in it and comments are read without a traceback."""

from __future__ import annotations

import codecs

from hypothesis import example, given
from hypothesis import strategies as st

from dagwright_compiler.diagnostics.places import Places
from dagwright_compiler.diagnostics.pragmas import Pragmas
from dagwright_compiler.source import SourceFile, Span

PIECES = st.sampled_from(
    [
        "# dagwright: ",
        "ignore",
        "ignore-file",
        "[",
        "]",
        "DW493",
        ",",
        "x = 1",
        "\n",
        "\r\n",
        "\r",
        "\f",
        "\t",
        '"""',
        "(",
        "é",
        "日",
        "\0",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join)


def source(text: str, mark: bytes = b"") -> SourceFile:
    return SourceFile(path="flow.py", module="flow", data=mark + text.encode("utf-8", "surrogatepass"), text=text)


@given(TEXTS)
@example("# dagwright: ignore-fileDW493")
def test_comments_of_any_text_are_read_and_point_at_what_they_name(text: str) -> None:
    file = source(text)
    pragmas = Pragmas([file])
    for found in [*pragmas.wrong, *pragmas.unused()]:
        assert found.span is not None
        line = file.line(found.span.line).encode("utf-8", "surrogatepass")
        named = line[found.span.column : found.span.end_column].decode("utf-8", "surrogatepass")
        assert f"`{named.upper()}`" in found.message.upper()


@given(TEXTS, st.sampled_from([b"", codecs.BOM_UTF8]), st.data())
def test_offsets_cut_out_what_lines_and_columns_do(text: str, mark: bytes, data: st.DataObject) -> None:
    file = source(text, mark)
    number = data.draw(st.integers(1, text.count("\n") + text.count("\r") + 2))
    line = file.line(number)
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, len(line)))
    columns = [len(line[:at].encode("utf-8", "surrogatepass")) for at in (start, end)]
    place = Places({"flow.py": file}).place(Span("flow.py", number, columns[0], number, columns[1]))
    assert (place.column, place.end_column) == (start + 1, end + 1)
    assert text[place.character_start : place.character_end] == line[start:end]
    assert file.data[place.byte_start : place.byte_end].decode("utf-8", "surrogatepass") == line[start:end]
