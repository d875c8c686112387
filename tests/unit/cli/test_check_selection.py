from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dagwright_compiler.cli.main import invoke

HEAD = """\
from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x


@workflow
def main(x: int) -> int:
"""
FLOW = HEAD + '    print("hello")\n    double(x=1)\n    return double(x=x)\n'
WRONG = HEAD + '    return double(x="a")\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "flow.py").write_text(FLOW, encoding="utf-8")
    (tmp_path / "wrong.py").write_text(WRONG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def codes(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> list[str]:
    assert invoke(["check", "--output-format", "concise", *arguments]) == code
    return [line.split()[1] for line in capsys.readouterr().out.splitlines()]


def test_flags_choose_codes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert codes(capsys, "flow.py") == ["DW409", "DW493"]
    assert codes(capsys, "flow.py", "--select", "dw40") == ["DW409"]
    assert codes(capsys, "flow.py", "--ignore", "DW409,DW3") == ["DW493"]
    assert codes(capsys, "flow.py", "--ignore", "DW409", "--ignore", "DW493") == []
    assert codes(capsys, "flow.py", "--ignore", "DW4", "--select", "DW409") == ["DW409"]
    assert codes(capsys, "wrong.py", code=1) == ["DW305"]
    assert codes(capsys, "wrong.py", "--ignore", "DW3") == []


def test_what_is_left_out_is_counted(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["check", "flow.py", "--ignore", "DW4"]) == 0
    assert capsys.readouterr().err == "no findings in 1 workflow and 1 task (2 ignored)\n"


@pytest.mark.parametrize("flag", ["--select", "--ignore"])
def test_an_unknown_code_is_wrong_usage(project: Path, capsys: pytest.CaptureFixture[str], flag: str) -> None:
    assert invoke(["check", "flow.py", flag, "DW943"]) == 2
    assert "no code begins with `DW943`; did you mean `DW493`?" in " ".join(capsys.readouterr().err.split())


def test_settings_choose_codes_and_severities_and_flags_win(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.dagwright.check]\nignore = ["DW409"]\nseverity = { DW493 = "error" }\n', encoding="utf-8"
    )
    assert codes(capsys, "flow.py", code=1) == ["DW493"]
    assert codes(capsys, "flow.py", "--ignore", "DW493") == ["DW409"]
    assert codes(capsys, "flow.py", "--select", "DW409", code=0) == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('[tool.dagwright.check]\nselect = ["DW943"]\n', 2, "error[DW592]: `select`: no code begins with `DW943`"),
        ("[tool.dagwright.check]\nselcet = []\n", 2, "warning[DW591]: `selcet` is not a setting of `check`"),
        ('[tool.dagwright]\nproject = "a"\ncheck.select = 3\n', 3, "error[DW592]: `select` takes a list of codes"),
        ("[tool.dagwright]\ncheck = 3\n", 2, "error[DW592]: `check` takes a table, not `3`"),
        ('[tool.dagwright.check.severity]\nDW4 = "bad"\n', 1, "error[DW592]: `severity` takes codes"),
    ],
)
def test_a_wrong_setting_is_found_in_its_line(
    project: Path, capsys: pytest.CaptureFixture[str], text: str, line: int, message: str
) -> None:
    (project / "pyproject.toml").write_text(text, encoding="utf-8")
    invoke(["check", "flow.py"])
    out = capsys.readouterr().out
    assert message in out
    assert f"pyproject.toml:{line}:" in out


def test_comments_silence_findings_and_are_reported_when_they_do_not(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = FLOW.replace("double(x=1)", "double(x=1)  # dagwright: ignore[DW493] warm")
    (project / "flow.py").write_text(text, encoding="utf-8")
    assert codes(capsys, "flow.py") == ["DW409"]
    (project / "flow.py").write_text(text.replace("DW493", "DW494"), encoding="utf-8")
    assert codes(capsys, "flow.py") == ["DW409", "DW493", "DW594"]
    (project / "flow.py").write_text(text.replace("DW493", "DW494, DW594, DW493"), encoding="utf-8")
    assert codes(capsys, "flow.py") == ["DW409"]


def test_while_there_are_errors_no_comment_is_called_unused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "wrong.py").write_text(WRONG + "    # dagwright: ignore[DW493]\n", encoding="utf-8")
    assert codes(capsys, "wrong.py", code=1) == ["DW305"]


def test_an_error_can_be_silenced_for_check_but_never_for_compile(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "wrong.py").write_text("# dagwright: ignore-file[DW305]\n" + WRONG, encoding="utf-8")
    (project / "pyproject.toml").write_text('[tool.dagwright.check]\nseverity = { DW3 = "warning" }\n', encoding="utf-8")
    assert codes(capsys, "wrong.py") == []
    assert invoke(["compile", "-t", "ir", "wrong.py"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "error[DW305]" in err


def test_compile_obeys_settings_and_comments_about_warnings(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "flow.py").write_text(FLOW.replace("double(x=1)", "double(x=1)  # dagwright: ignore[DW493]"), encoding="utf-8")
    assert invoke(["compile", "-t", "ir", "flow.py"]) == 0
    assert "1 warning in 1 file" in capfd.readouterr().err
    (project / "pyproject.toml").write_text('[tool.dagwright.check]\nseverity = { DW409 = "error" }\n', encoding="utf-8")
    assert invoke(["compile", "-t", "ir", "flow.py"]) == 1
    out, err = capfd.readouterr()
    assert out == ""
    assert "error[DW409]" in err


def test_what_cannot_be_read_is_two_even_when_it_is_ignored(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "gone.py").symlink_to("nowhere.py")
    assert codes(capsys, ".", "--ignore", "DW", code=2) == []


def test_a_clean_check_imports_nothing_for_comments_formats_or_explanations(project: Path) -> None:
    (project / "flow.py").write_text(HEAD + "    return double(x=x)\n", encoding="utf-8")
    code = (
        "import sys\n"
        "from dagwright_compiler.cli.main import invoke\n"
        "assert invoke(['check', 'flow.py']) == 0\n"
        "lazy = ('diagnostics.pragmas', 'diagnostics.formats', 'diagnostics.sarif', 'diagnostics.explanations', 'diagnostics.places')\n"
        "print([name for name in lazy if f'dagwright_compiler.{name}' in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
