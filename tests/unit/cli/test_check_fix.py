"""``check --fix`` and ``--diff``, as people use them: real files, permissions, links, patches."""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from sarif_schema import validate

from dagwright_compiler.cli.main import invoke

if TYPE_CHECKING:
    from pathlib import Path

FLOW = """\
from dagwright import Resources, task, workflow


@task(requests=Resources(mem="100MiB"), retries=11)
def double(x: int) -> int:
    return 2 * x


@workflow
def main(x: int) -> int:
    print("starting")
    return double(x=x)
"""
FIXED = FLOW.replace("100MiB", "100Mi").replace('    print("starting")\n', "")


@pytest.fixture
def flow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    path = tmp_path / "flow.py"
    path.write_bytes(FLOW.encode())
    return path


def test_fix_writes_what_is_certain_and_shows_what_is_left(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["check", "--fix", "flow.py"]) == 1
    out, err = capsys.readouterr()
    assert flow.read_text() == FIXED
    assert "error[DW506]: `retries`" in out
    assert out.endswith("1 error in 1 file, 1 fixable with --fix --unsafe-fixes\n")
    assert err == "2 fixed, 1 left\n"
    assert list(flow.parent.iterdir()) == [flow]


def test_unsafe_fixes_leave_nothing(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["check", "--fix", "--unsafe-fixes", "flow.py"]) == 0
    assert flow.read_text() == FIXED.replace("11", "10")
    assert capsys.readouterr() == ("", "3 fixed, 0 left\n")


def test_a_clean_file_is_not_written(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow.write_text(FIXED.replace("11", "10"))
    os.utime(flow, (1, 1))
    assert invoke(["check", "--fix", "flow.py"]) == 0
    assert flow.stat().st_mtime == 1
    assert capsys.readouterr() == ("", "0 fixed, 0 left\n")


def test_only_what_is_selected_is_fixed(flow: Path) -> None:
    assert invoke(["check", "--fix", "--select", "DW409", "flow.py"]) == 0
    assert flow.read_text() == FLOW.replace('    print("starting")\n', "")


def test_permissions_and_links_stay(flow: Path) -> None:
    flow.chmod(0o750)
    link = flow.with_name("link.py")
    link.symlink_to("flow.py")
    assert invoke(["check", "--fix", "link.py"]) == 1
    assert link.is_symlink()
    assert flow.read_text() == FIXED
    assert stat.S_IMODE(flow.stat().st_mode) == 0o750


def test_what_may_not_be_written_is_said_and_left(
    flow: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # root may write everything: what the system would answer others stands in for it
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert invoke(["check", "--fix", "flow.py"]) == 2
    assert "dagwright: flow.py is not changed: permission denied\n" in capsys.readouterr().err
    assert flow.read_text() == FLOW


def test_a_file_that_is_no_python_is_left(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow.write_text(FLOW + "def (\n# dagwright: ingore[DW409]\n")
    assert invoke(["check", "--fix", "flow.py"]) == 1
    assert flow.read_text() == FLOW + "def (\n# dagwright: ingore[DW409]\n"
    assert "DW101" in capsys.readouterr().out


def test_diff_is_a_patch_that_makes_what_fix_writes(flow: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    text = FLOW.replace("\n", "\r\n").removesuffix("\r\n").encode("latin-1").replace(b"starting", b"f\xfcr")
    flow.write_bytes(b"# coding: latin-1\r\n" + text)
    before = flow.read_bytes()
    assert invoke(["check", "--diff", "flow.py"]) == 1
    out, err = capsysbinary.readouterr()
    assert flow.read_bytes() == before
    assert err == b"2 fixes in 1 file\n"
    assert b"\\ No newline" not in out or out.endswith(b"\\ No newline at end of file\n")
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not installed")
    subprocess.run([git, "apply", "-p0", "--whitespace=nowarn", "-"], input=out, check=True, cwd=flow.parent)
    patched = flow.read_bytes()
    flow.write_bytes(before)
    assert invoke(["check", "--fix", "flow.py"]) == 1
    assert flow.read_bytes() == patched != before


def test_diff_of_nothing_is_nothing(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow.write_text(FIXED)
    assert invoke(["check", "--diff", "flow.py"]) == 0
    assert capsys.readouterr() == ("", "0 fixes in 0 files\n")
    assert invoke(["check", "--diff", "--unsafe-fixes", "flow.py"]) == 1
    assert invoke(["check", "--diff", "--unsafe-fixes", "--exit-zero", "flow.py"]) == 0


def test_colour_of_a_diff(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["check", "--diff", "--color", "always", "flow.py"]) == 1
    assert '\x1b[31m-    print("starting")\x1b[0m\n' in capsys.readouterr().out


def test_standard_input_comes_out_fixed(flow: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in (["-"], ["-", "--stdin-filename", "flow.py"]):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(FLOW.encode())))
        assert invoke(["check", "--fix", *arguments]) == 1
        out, err = capsys.readouterr()
        assert out == FIXED
        assert "DW506" in err
    assert flow.read_text() == FLOW


def test_only_standard_input_is_fixed_not_what_it_imports(
    flow: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "from dagwright import workflow\nfrom flow import doubel\n\n\n@workflow\ndef other() -> int:\n    return doubel(x=1)\n"
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))
    assert invoke(["check", "--fix", "-", "--stdin-filename", "other.py"]) == 1
    assert capsys.readouterr().out == text.replace("doubel", "double")
    assert flow.read_text() == FLOW


def test_fixable_findings_are_marked(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["check", "--output-format", "concise", "flow.py"]) == 1
    assert [line.split(": ")[1].split(" ")[:2] for line in capsys.readouterr().out.splitlines()] == [
        ["DW504", "[*]"],
        ["DW506", "`retries`"],
        ["DW409", "[*]"],
    ]
    assert invoke(["check", "--output-format", "concise", "--unsafe-fixes", "flow.py"]) == 1
    assert capsys.readouterr().out.count(" [*] ") == 3
    assert invoke(["check", "flow.py"]) == 1
    out = capsys.readouterr().out
    assert (
        'help: did you mean `100Mi`?\n  |\n4 - @task(requests=Resources(mem="100MiB"), retries=11)\n4 + @task(requests=Resources(mem="100Mi"), retries=11)\n'
        in out
    )
    assert "note: this may not be what you mean: only --unsafe-fixes writes it\n" in out
    assert out.endswith("2 errors, 1 warning in 1 file, 2 fixable with --fix and 1 more with --unsafe-fixes\n")


def test_programs_get_edits_that_they_can_apply(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["check", "--output-format", "json", "flow.py"]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [found["fix"]["applicability"] for found in findings] == [
        "machine-applicable",
        "maybe-incorrect",
        "machine-applicable",
    ]
    edits = [
        edit for found in findings if found["fix"]["applicability"] == "machine-applicable" for edit in found["fix"]["edits"]
    ]
    data = flow.read_bytes()
    for edit in sorted(edits, key=lambda edit: -edit["span"]["byte_start"]):
        data = data[: edit["span"]["byte_start"]] + edit["text"].encode() + data[edit["span"]["byte_end"] :]
    assert data.decode() == FIXED


def test_sarif_holds_fixes(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["check", "--output-format", "sarif", "flow.py"]) == 1
    document = json.loads(capsys.readouterr().out)
    validate(document)
    fix = document["runs"][0]["results"][0]["fixes"][0]
    assert fix["artifactChanges"] == [
        {
            "artifactLocation": {"uri": "flow.py"},
            "replacements": [
                {
                    "deletedRegion": {"startLine": 4, "startColumn": 31, "endLine": 4, "endColumn": 37},
                    "insertedContent": {"text": "100Mi"},
                }
            ],
        }
    ]


def test_a_notebook_keeps_its_layout(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": FLOW.splitlines(keepends=True)}
    text = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"
    book = flow.with_name("book.ipynb")
    book.write_text(text)
    assert invoke(["check", "--fix", "book.ipynb"]) == 1
    lines = [line for line in text.split("\n") if "starting" not in line]
    assert book.read_text() == "\n".join(lines).replace("100MiB", "100Mi")
    capsys.readouterr()
    assert invoke(["check", "--output-format", "sarif", "--unsafe-fixes", "book.ipynb"]) == 1
    assert all("fixes" not in result for result in json.loads(capsys.readouterr().out)["runs"][0]["results"])


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--fix", "--diff"], "--fix writes what --diff only shows"),
        (["--diff", "--output-format", "json"], "--diff shows changes and no findings"),
        (["--watch", "--fix"], "--watch shows findings"),
        (["--watch", "--output-format", "json"], "json is one document a run"),
    ],
)
def test_contradictions_are_refused(flow: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str) -> None:
    assert invoke(["check", *arguments, "flow.py"]) == 2
    assert reason in capsys.readouterr().err
    assert flow.read_text() == FLOW
