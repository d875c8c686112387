from __future__ import annotations

import json
from pathlib import Path

import pytest

from dagwright_compiler.cli.main import invoke

FLOW = """\
from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x


@workflow
def main(x: int) -> int:
    double(x=1)
    return double(x=x)
"""
CLEAN = FLOW.replace("    double(x=1)\n", "")
WRONG = FLOW.replace("return double(x=x)", 'return double(x="a")')


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {"flow.py": FLOW, "clean.py": CLEAN, "wrong.py": WRONG}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("full", "error[DW305]: "),
        ("concise", "wrong.py:12:21: DW305 "),
        ("json", '{\n  "version": 1,'),
        ("github", "::error file=wrong.py,line=12,endLine=12,col=21,endColumn=24,title=DW305%3A "),
        ("sarif", '{\n  "$schema": '),
    ],
)
def test_every_format_goes_to_standard_output_with_the_same_exit_code(
    project: Path, capsys: pytest.CaptureFixture[str], form: str, start: str
) -> None:
    assert invoke(["check", "--output-format", form, "wrong.py"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith(start)
    assert err == ""
    assert invoke(["check", "--output-format", form, "flow.py"]) == 0
    assert "DW493" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("full", "error[DW305]: "),
        ("concise", "wrong.py:12:21: DW305 "),
        ("json", '{\n  "version": 1,'),
        ("github", "::error file=wrong.py,line=12,endLine=12,col=21,endColumn=24,title=DW305%3A "),
        ("sarif", '{\n  "$schema": '),
    ],
)
def test_compile_writes_every_format_beside_the_manifest(
    project: Path, capsys: pytest.CaptureFixture[str], form: str, start: str
) -> None:
    assert invoke(["compile", "-t", "ir", "--output-format", form, "wrong.py"]) == 1
    out, err = capsys.readouterr()
    assert (out, err[: len(start)]) == ("", start)
    assert invoke(["compile", "-t", "ir", "--output-format", form, "flow.py"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["workflow"]["name"] == "flow.main"
    assert "DW493" in err


def test_compile_leaves_out_warnings_and_no_error(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["compile", "-t", "ir", "--ignore", "DW4", "flow.py"]) == 0
    assert capsys.readouterr().err == ""
    assert invoke(["compile", "-t", "ir", "--select", "DW1", "wrong.py"]) == 1
    assert "error[DW305]" in capsys.readouterr().err
    assert invoke(["compile", "--ignore", "DW9", "flow.py"]) == 2
    assert "no code begins with `DW9`" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["full", "concise", "github", "json", "sarif"])
def test_a_clean_project_still_gives_programs_their_document(
    project: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    assert invoke(["check", "--output-format", form, "clean.py"]) == 0
    out, err = capsys.readouterr()
    assert bool(out) == (form in ("json", "sarif"))
    assert not out or json.loads(out)
    assert err == "no findings in 1 workflow and 1 task\n"


def test_statistics_stand_in_place_of_findings(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["check", "--statistics", "flow.py"]) == 0
    assert capsys.readouterr().out == "1  DW493  warning  the result of a call is never used\n"
    assert invoke(["check", "--statistics", "--output-format", "json", "wrong.py"]) == 1
    assert json.loads(capsys.readouterr().out) == [
        {"code": "DW305", "severity": "error", "title": "a constant does not fit the input it is passed to", "count": 1}
    ]
    assert invoke(["check", "--statistics", "--output-format", "sarif", "flow.py"]) == 2
    assert "--statistics is written as full, concise, json" in capsys.readouterr().err


def test_exit_zero_forgives_errors_but_not_what_cannot_be_read(project: Path) -> None:
    assert invoke(["check", "--exit-zero", "wrong.py"]) == 0
    (project / "gone.py").symlink_to("nowhere.py")
    assert invoke(["check", "--exit-zero", "."]) == 2
