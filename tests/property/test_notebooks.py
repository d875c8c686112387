"""Cells of notebooks: whatever they hold, lines stay lines, and Python stays as it is."""

from __future__ import annotations

import ast
import json

from hypothesis import given
from hypothesis import strategies as st

from dagwright_compiler.frontend.notebooks import plain_python
from dagwright_compiler.frontend.reading import read
from dagwright_compiler.source import LINE_END

LINES = st.sampled_from(
    ["x = 1", "y = (", ")", "if x:", "    z = 2", "    !ls 'a", "%time f()", "!a \\", "x = !ls", "  % 3", "'''", "f?", "?f", "%%bash", "%%time", "# ?", "", "x = 'a!'", 'f"{x!r}"', "a != b", "type X = int", "é = %env", "\\", "{", "\x0c"]
)  # fmt: skip
CELLS = st.lists(LINES, max_size=8).flatmap(lambda lines: st.sampled_from(["\n", "\r\n", "\r"]).map(lambda end: end.join(lines)))


@given(CELLS)
def test_lines_stay_lines_and_python_stays_python(text: str) -> None:
    plain = plain_python(text)
    assert len(LINE_END.findall(plain)) == len(LINE_END.findall(text))
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return
    assert plain == text


@given(st.lists(CELLS, max_size=4))
def test_a_notebook_gives_a_tree_or_one_finding_in_a_cell(texts: list[str]) -> None:
    cells = [{"cell_type": "code", "source": text} for text in texts]
    found = read("flow.ipynb", "flow", json.dumps({"cells": cells}).encode())
    assert (found.tree is None) == (found.problem is not None)
    if found.problem is not None:
        span = found.problem.span
        assert span is not None
        shown = {part.path: part for part in found.source.shown()}
        assert 1 <= span.line <= len(LINE_END.split(shown[span.path].text))
