"""Notebooks: which text their cells make, where findings stand, and what a bundle ships."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from frontend_sources import Front, front
from sarif_schema import validate

from dagwright_compiler.cli.main import invoke
from dagwright_compiler.config import Settings
from dagwright_compiler.driver.bundles import bundle_for
from dagwright_compiler.driver.programs import program_of
from dagwright_compiler.driver.reading import read_sources
from dagwright_compiler.frontend.notebooks import plain_python

TASK = "from dagwright import task, workflow\n@task\ndef double(x: int) -> int:\n    return 2 * x\n"
FLOW = "@workflow\ndef main(x: int) -> int:\n    return double(x=x)"


def notebook(*cells: str | list[str] | dict[str, Any], **others: Any) -> bytes:
    """A notebook of code cells; one that begins with ``#m`` is markdown."""
    listed = [
        cell if isinstance(cell, dict) else {"cell_type": _kind(cell), "metadata": {}, "source": cell, "outputs": ["x = = 1"]}
        for cell in cells
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": listed, **others}).encode()


def _kind(cell: str | list[str]) -> str:
    return "markdown" if "".join(cell).startswith("#m") else "code"


def of(data: bytes) -> Front:
    return front({"flow.ipynb": data})


def test_cells_make_one_module() -> None:
    result = of(notebook("#m = a title", TASK.splitlines(keepends=True), "%matplotlib inline\n!pip install x", FLOW))
    assert result.codes == []
    assert result.elaborated.workflows == ("flow.main",)
    module = result.elaborated.modules["flow"]
    assert module.bundle_path == "flow.py"
    assert module.source.text == f"# cell 2\n{TASK}\n# cell 3\npass\npass\n# cell 4\n{FLOW}\n"
    assert module.source.data == module.source.text.encode()


def test_a_bundle_ships_the_module() -> None:
    reading = read_sources({"flow.ipynb": notebook(TASK, "!ls", FLOW)}, Settings(root=Path()))
    loaded = program_of(reading, "flow.main")
    assert loaded.program is not None
    (file,) = bundle_for(loaded.program, reading.elaborated, {}).files
    assert file.path == "flow.py"
    assert b"!ls" not in file.data
    ast.parse(file.data)


def test_findings_name_the_cell_and_its_line() -> None:
    result = of(
        notebook(TASK, "#m", "%time 1\n\n" + FLOW.replace("double(x=x)", "doubel(x=x)"), "x = 1\n@task\ndef t(\n  x):\n    pass")
    )
    spans = [(found.code.id, found.span and (found.span.path, found.span.line, found.span.column)) for found in result.found]
    assert spans == [("DW201", ("flow.ipynb:cell 3", 5, 11)), ("DW301", ("flow.ipynb:cell 4", 4, 2))]


@pytest.mark.parametrize(
    ("cells", "path", "line"),
    [(["x = 1", "#m", "y = 2\nz = = 1"], "flow.ipynb:cell 3", 2), (["x = 1", "é = (1,\n", "y = 2"], "flow.ipynb:cell 2", 1)],
    ids=["in a cell", "open at the end of a cell"],
)
def test_a_syntax_error_is_one_finding_in_its_cell(cells: list[str], path: str, line: int) -> None:
    found = of(notebook(*cells)).only
    assert found.code.id == "DW101"
    assert found.span is not None
    assert (found.span.path, found.span.line) == (path, line)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("if x:\n    !ls -l 'don\n    %time f()\ny", "if x:\n    pass\n    pass\ny"),
        ("files = !ls *.py\na, b = %sql select", "files = ...\na, b = ..."),
        ("x = (7\n  % 3)\ny = '''\n!no\n'''\n!yes", "x = (7\n  % 3)\ny = '''\n!no\n'''\npass"),
        ("!a \\\n  b 'c \\\n  d\nx", "pass\n\n\nx"),
        ("f?\n?f\nf.g??\n%time?\nx", "pass\npass\npass\npass\nx"),
        ("%%bash\nls 'don\nif", "\n\n"),
        ("\n%%time\nx = 1\n!ls", "\n\nx = 1\npass"),
        ("%%timeit -n 3\nx = 1", "\nx = 1"),
        ("x = 5 % 3 # ! ?\ny = 'a!'", "x = 5 % 3 # ! ?\ny = 'a!'"),
        ("!ls\r\nx = 1\r\n", "pass\r\nx = 1\r\n"),
        ("", ""),
        ('!ls\ndef f[T](x: T): return f"{x["a"]}"', 'pass\ndef f[T](x: T): return f"{x["a"]}"'),
    ],
)  # fmt: skip
def test_what_only_ipython_understands_is_left_out_line_for_line(text: str, expected: str) -> None:
    assert plain_python(text) == expected


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "line 1 is not valid JSON: Expecting value"),
        (b'{\n"cells": [}', "line 2 is not valid JSON: Expecting value"),
        (b"\xff\xff", "its bytes are not UTF-8"),
        (b"[]", "it is not a notebook: no object at the top of its JSON"),
        (b"{}", "it is not a notebook: there is no list of cells"),
        (b'{"worksheets": []}', "it is in a format older than 4"),
        (b"[" * 100_000, "its JSON is nested too deeply"),
        (notebook({"source": ""}), "cell 1 has no type"),
        (notebook({"cell_type": "code", "source": [1]}), "cell 1 has no text"),
        (notebook(metadata={"kernelspec": {"language": "R"}}), "its language is R"),
        (b'{"cells": [{"cell_type": "code", "source": "\'\\ud800\'"}]}', "cell 1 holds half of a character (a lone surrogate)"),
    ],
)
def test_a_broken_notebook_is_one_finding(data: bytes, reason: str) -> None:
    found = of(data).only
    assert (found.code.id, found.message) == ("DW104", f"cannot read flow.ipynb: {reason}")


def test_a_notebook_without_code_is_an_empty_module() -> None:
    assert of(notebook("#m", metadata={"language_info": {"name": "ipython"}})).codes == []


def test_a_notebook_imports_modules_and_is_not_imported() -> None:
    result = front(
        {"flow.ipynb": notebook("from parts import double", "from dagwright import workflow\n" + FLOW), "parts.py": TASK},
        ["flow.ipynb"],
    )
    assert result.codes == []
    assert result.elaborated.modules["flow"].local_imports == ("parts",)


def test_check_and_compile_take_notebooks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flow.ipynb").write_bytes(notebook(TASK, FLOW))
    (tmp_path / "wrong.ipynb").write_bytes(notebook(TASK, FLOW.replace("double(x=x)", "doubel(x=x)")))
    assert invoke(["check", "flow.ipynb"]) == 0
    assert invoke(["compile", "flow.ipynb:main", "-t", "ir"]) == 0
    assert json.loads(capsys.readouterr().out)["workflow"]["name"] == "flow.main"
    assert invoke(["check", "wrong.ipynb"]) == 1
    shown = capsys.readouterr().out
    assert "--> wrong.ipynb:cell 2:3:12" in shown
    assert "3 |     return doubel(x=x)" in shown


def test_cells_are_in_the_order_of_the_notebook_and_count_as_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    wrong = [f"@task\ndef t{number}(x) -> int:\n    return 1" for number in range(11)]
    (tmp_path / "flow.ipynb").write_bytes(notebook(TASK, *wrong))
    assert invoke(["check", "flow.ipynb"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.strip() for line in lines if "-->" in line] == [
        f"--> flow.ipynb:cell {number}:2:{8 if number < 12 else 9}" for number in range(2, 13)
    ]
    assert lines[-1] == "11 errors in 1 file"


def test_a_pragma_in_a_cell_silences_the_line_it_stands_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    printing = "@workflow\ndef main(x: int) -> int:\n    print(x)  # dagwright: ignore[DW409] wanted\n    return double(x=x)"
    (tmp_path / "flow.ipynb").write_bytes(notebook("y = 1", TASK, printing))
    assert invoke(["check", "flow.ipynb"]) == 0
    assert capsys.readouterr().out == ""


def test_programs_are_told_the_file_and_the_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flow.ipynb").write_bytes(notebook(TASK, FLOW.replace("double(x=x)", "double(x='a')")))
    assert invoke(["check", "flow.ipynb", "--output-format", "github"]) == 1
    assert capsys.readouterr().out.startswith("::error file=flow.ipynb,title=DW305%3A")
    assert invoke(["check", "flow.ipynb", "--output-format", "github"]) == 1
    assert "::cell 2, line 3: " in capsys.readouterr().out
    assert invoke(["check", "flow.ipynb", "--output-format", "sarif"]) == 1
    document = json.loads(capsys.readouterr().out)
    validate(document)
    (result,) = document["runs"][0]["results"]
    (location,) = result["locations"]
    assert location["physicalLocation"] == {"artifactLocation": {"uri": "flow.ipynb"}}
    assert location["message"]["text"].startswith("cell 2, line 3, column ")
    assert [related["physicalLocation"] for related in result["relatedLocations"]] == [location["physicalLocation"]]


AWAITING = 'import asyncio\nasync def fetch(n: int) -> int:\n    await asyncio.sleep(0)\n    return n\nsizes = "größe"; rows = await asyncio.gather(\n    fetch(1), fetch(2)\n); last = 3'


def test_cells_that_await_run_in_an_event_loop() -> None:
    looping = (
        "if rows:\n    async with asyncio.Lock():\n        more = [await fetch(row) for row in rows]\n        text = '''a\n\nb'''"
    )
    result = of(notebook(TASK, AWAITING, looping, FLOW))
    assert result.codes == []
    source = result.elaborated.modules["flow"].source
    assert "rows = await asyncio.gather(" in source.text
    shipped = source.data.decode()
    assert shipped.count("\n") == source.text.count("\n")
    assert shipped.endswith(FLOW + "\n")
    found: dict[str, Any] = {"__file__": "flow.py", "__name__": "flow"}
    exec(shipped.replace(TASK, "\n" * TASK.count("\n")).replace(FLOW, ""), found)
    assert (found["sizes"], found["rows"], found["last"], found["more"], found["text"]) == ("größe", [1, 2], 3, [1, 2], "a\n\nb")


def test_what_awaits_fails_on_its_own_line() -> None:
    shipped = of(notebook("import asyncio\n\n", "1\n2\nawait asyncio.sleep(\n    'x')\n")).elaborated.modules["flow"].source.data
    with pytest.raises(TypeError) as failed:
        exec(compile(shipped, "flow.py", "exec"), {"__file__": "flow.py", "__name__": "flow"})
    lines = [entry.lineno + 1 for entry in failed.traceback if str(entry.path).endswith("flow.py")]
    assert lines == [8, 8]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("def f() -> int:\n    return await g()\n", "`await` stands in a function that is not async"),
        ("class A:\n    b = await g()\n", "`await` stands outside a function"),
        ("@(await g())\ndef f() -> int:\n    return 1\n", "`await` stands outside a function"),
        ("a = await g()\nreturn a\n", "`return` stands outside a function"),
    ],
)
def test_other_places_of_await_are_refused(cell: str, message: str) -> None:
    assert [(found.code.id, found.message) for found in of(notebook(TASK, cell)).found] == [("DW101", message)]


def test_what_awaits_is_no_value_of_a_workflow() -> None:
    flow = "@workflow\ndef main() -> int:\n    return double(x=rows)"
    found = of(notebook(TASK, "async def f() -> int:\n    return 1\nrows = await f()", flow)).only
    assert (found.code.id, found.span and found.span.path) == ("DW410", "flow.ipynb:cell 3")
