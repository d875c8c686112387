"""``-`` with ``--stdin-filename``: a text that is not saved is compiled as the file that it is to be."""

from __future__ import annotations

import io
import json
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from dagwright_compiler.cli.main import invoke

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Type = Callable[[str], None]

PARTS = "from dagwright import task\n@task\ndef double(x: int) -> int:\n    return 2 * x\n"
FLOW = """\
from dagwright import workflow
from .parts import double
from tools import helper
@workflow
def main(x: int) -> int:
    return double(x=x)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = tmp_path / "src" / "pipes"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "parts.py").write_text(PARTS, encoding="utf-8")
    (tmp_path / "src" / "tools.py").write_text("def helper() -> None: ...\n", encoding="utf-8")
    (tmp_path / "dagwright.toml").write_text('project = "ads"\nsource_roots = ["src"]\n', encoding="utf-8")
    for variable in ("NO_COLOR", "FORCE_COLOR", "DAGWRIGHT_STORE", "DAGWRIGHT_PROJECT", "DAGWRIGHT_DOMAIN"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Type:
    return lambda text: monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))


def test_compiles_to_what_the_saved_file_compiles_to(project: Path, typed: Type, capsys: pytest.CaptureFixture[str]) -> None:
    typed(FLOW)
    assert invoke(["compile", "-", "--stdin-filename", "src/pipes/flow.py"]) == 0
    unsaved = capsys.readouterr().out
    (project / "src" / "pipes" / "flow.py").write_text(FLOW, encoding="utf-8")
    assert invoke(["compile", "src/pipes/flow.py"]) == 0
    assert unsaved == capsys.readouterr().out
    assert "pipes" in unsaved


def test_name_settings_and_imports_are_those_of_the_file(
    project: Path, typed: Type, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.parent)
    typed(FLOW)
    assert invoke(["compile", "-", "--stdin-filename", f"{project.name}/src/pipes/flow.py", "-t", "ir"]) == 0
    program = json.loads(capsys.readouterr().out)
    assert program["project"] == "ads"
    assert program["workflow"]["name"] == "pipes.flow.main"
    assert list(program["tasks"]) == ["pipes.parts.double"]


def test_the_text_counts_and_not_the_saved_file(project: Path, typed: Type, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "src" / "pipes" / "parts.py"
    typed(PARTS.replace("x: int", "x"))
    assert invoke(["check", "-", "--stdin-filename", str(path)]) == 1
    shown = capsys.readouterr().out
    assert "error[DW301]" in shown
    assert "--> src/pipes/parts.py:3:12" in shown
    assert "def double(x) -> int:" in shown
    assert path.read_text(encoding="utf-8") == PARTS


def test_a_module_that_imports_the_file_back_sees_the_text(
    project: Path, typed: Type, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "src" / "pipes" / "parts.py").write_text(f"{PARTS}from . import flow\n", encoding="utf-8")
    typed(FLOW)
    assert invoke(["check", "-", "--stdin-filename", "src/pipes/flow.py"]) == 0
    assert capsys.readouterr().err == "no findings in 1 workflow and 0 tasks\n"


def test_the_file_may_be_a_notebook(project: Path, typed: Type, capsys: pytest.CaptureFixture[str]) -> None:
    source = ["%time x\n", *FLOW.replace("(x=x)", "(y=x)").splitlines(keepends=True)]
    typed(json.dumps({"cells": [{"cell_type": "code", "source": source}]}))
    assert invoke(["check", "-", "--stdin-filename", "src/pipes/flow.ipynb"]) == 1
    assert "src/pipes/flow.ipynb:cell 1:7:" in capsys.readouterr().out


def test_a_missing_definition_names_the_file(project: Path, typed: Type, capsys: pytest.CaptureFixture[str]) -> None:
    typed("x = 1\n")
    assert invoke(["compile", "-", "--stdin-filename", "src/new.py"]) == 1
    assert "src/new.py defines no workflow" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "compile"])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["src", "--stdin-filename", "src/a.py"], "--stdin-filename names what comes through standard input: give - as the file"),
        (["-", "src", "--stdin-filename", "src/a.py"], "standard input (-) is read alone, without other files"),
        (["-", "--stdin-filename", "src"], "src is a folder; standard input stands for one file"),
    ],
)
@pytest.mark.usefixtures("project")
def test_refuses_what_makes_no_sense(
    command: str, arguments: list[str], message: str, typed: Type, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(FLOW)
    assert invoke([command, *arguments]) == 2
    assert message in " ".join(capsys.readouterr().err.split())
