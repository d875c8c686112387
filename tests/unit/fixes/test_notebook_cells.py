from __future__ import annotations

import json

import pytest
from fixing_texts import fixed_bytes

from dagwright_compiler.fixes.notebook_cells import replace_cells

LINES = ["from dagwright import task\n", "\n", "@task(retrys=2)  # é\n", "def f(x: int) -> int:\n", "    return x"]


def notebook(cells: list[object], **layout: object) -> bytes:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, **layout).encode()  # type: ignore[arg-type]


def code(source: object) -> dict[str, object]:
    return {"cell_type": "code", "execution_count": 3, "metadata": {"a": [1.0, 2e5]}, "outputs": [], "source": source}


@pytest.mark.parametrize(
    "layout", [{"indent": 1}, {"indent": 1, "ensure_ascii": False}, {"separators": (",", ":")}, {"indent": "\t"}]
)
@pytest.mark.parametrize("source", [LINES, "".join(LINES)])
def test_only_the_fixed_line_of_a_notebook_changes(layout: dict[str, object], source: object) -> None:
    before = notebook([{"cell_type": "markdown", "metadata": {}, "source": ["# retrys"]}, code(source)], **layout) + b"\n"
    assert fixed_bytes(before, name="flow.ipynb") == before.replace(b"@task(retrys", b"@task(retries")


def test_lines_that_come_and_go_are_laid_out_as_the_others() -> None:
    before = notebook([code(["a\n", "b\n", "c"])], indent=2)
    assert replace_cells(before, {1: "new\na\nc"}) == notebook([code(["new\n", "a\n", "c"])], indent=2)
    assert replace_cells(before, {1: ""}) == before.replace(
        json.dumps(["a\n", "b\n", "c"], indent=2).replace("\n", "\n      ").encode(), b"[]"
    )


def test_a_notebook_of_another_encoding_is_refused() -> None:
    assert replace_cells(notebook([code("a")]).decode().encode("utf-16"), {1: "b"}) is None
    assert replace_cells(notebook([code("a")]), {7: "b"}) is None


def test_an_import_goes_into_the_cell_that_needs_it() -> None:
    first = code("from dagwright import task\n")
    second = code("@task(timeout=1.5)\ndef f(x: int) -> int:\n    return x\n")
    after = json.loads(fixed_bytes(notebook([first, second], indent=1), name="flow.ipynb"))
    assert after["cells"][0] == first
    assert after["cells"][1]["source"].startswith("from datetime import timedelta\n")
