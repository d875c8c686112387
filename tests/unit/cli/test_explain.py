from __future__ import annotations

import json
import subprocess
import sys

import pytest

from dagwright_compiler.cli.main import invoke
from dagwright_compiler.diagnostics.codes import ALL


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[str, str]:
    assert invoke(["explain", *arguments]) == code
    return capsys.readouterr()


def test_a_code_is_explained_with_both_examples(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = said(capsys, "DW304")
    assert out.startswith("error[DW304]: a result does not fit the input it is passed to\n\nOne task gives")
    assert "\n\nwrong\n    from dagwright import" in out
    assert "\n\nright\n    from dagwright import" in out
    assert max(map(len, out.splitlines())) <= 100
    assert err == ""


def test_case_does_not_matter_and_several_codes_stand_in_the_order_of_the_request(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = said(capsys, "dw508", "DW304", "Dw508")
    assert [line[:12] for line in out.splitlines() if line.startswith("error[")] == ["error[DW508]", "error[DW304]"]


def test_files_are_named_where_there_are_several(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = said(capsys, "DW202")
    assert "\nwrong\n  steps.py\n    from dagwright" in out
    assert "\n\n  flow.py\n    from dagwright" in out


def test_the_list_has_one_line_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = said(capsys, "--list")
    assert [line.split()[0] for line in out.splitlines()] == list(ALL)
    assert "DW493  warning  the result of a call is never used\n" in out
    assert "\x1b" in said(capsys, "--list", "--color", "always")[0]
    assert [line[:5] for line in said(capsys, "--list", "DW59")[0].splitlines()] == [
        code for code in ALL if code.startswith("DW59")
    ]


def test_json_holds_everything(capsys: pytest.CaptureFixture[str]) -> None:
    (page,) = json.loads(said(capsys, "DW493", "--output-format", "json")[0])
    assert list(page) == ["code", "severity", "title", "explanation", "fix", "wrong", "right"]
    assert page["wrong"][0]["file"] == "flow.py"
    assert page["wrong"] != page["right"]
    listed = json.loads(said(capsys, "--list", "--output-format", "json")[0])
    assert listed[0] == {"code": "DW101", "severity": "error", "title": "the file is not valid Python"}


def test_markdown_is_one_page_or_the_reference(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "DW304", "--output-format", "markdown")[0].startswith("### DW304: ")
    assert "## Types\n\n### DW301: " in said(capsys, "DW3", "--output-format", "markdown")[0]
    assert said(capsys, "--list", "--output-format", "markdown")[0].count("\n") == len(ALL) + 2


@pytest.mark.parametrize(
    ("arguments", "help_text"),
    [
        (["DW340"], "did you mean `DW304` (a result does not fit the input it is passed to)?"),
        (["rubbish"], "`dagwright explain --list` shows them all"),
        ([""], "there is no code ``"),
        ([], "name a code"),
    ],
)
def test_an_unknown_code_is_wrong_usage(capsys: pytest.CaptureFixture[str], arguments: list[str], help_text: str) -> None:
    out, err = said(capsys, *arguments, code=2)
    assert out == ""
    assert help_text in " ".join(err.split())


def test_a_word_leads_to_the_codes_whose_titles_have_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["explain", "Cache"]) == 2
    assert capsys.readouterr().err.endswith(
        "there is no code `Cache`; these titles have the word:\n"
        "  DW508  a cached task has no cache version\n"
        "  DW509  cache keywords contradict each other or the signature\n"
    )


def test_neither_check_nor_compile_reads_an_explanation() -> None:
    code = (
        "import sys\n"
        "from dagwright_compiler.cli import check, compile, run\n"
        "lazy = {'diagnostics.explanations', 'diagnostics.pages', 'cli.explain'}\n"
        "print(sorted(name for name in lazy if f'dagwright_compiler.{name}' in sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
