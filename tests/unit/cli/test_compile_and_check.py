from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from dagwright_compiler.cli.main import invoke

FLOW = """\
from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x


@workflow
def main(x: int) -> int:
    return double(x=x)


@workflow
def other(x: int) -> int:
    return double(x=double(x=x))
"""
WRONG = FLOW.replace("double(x=x)\n\n\n@workflow", "doubel(x=x)\n\n\n@workflow")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "flow.py").write_text(FLOW, encoding="utf-8")
    (tmp_path / "wrong.py").write_text(WRONG, encoding="utf-8")
    for variable in ("NO_COLOR", "FORCE_COLOR", "DAGWRIGHT_STORE", "DAGWRIGHT_PROJECT", "DAGWRIGHT_DOMAIN"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_check_of_a_clean_file_is_silent_on_stdout(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["check", "flow.py"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "no findings in 2 workflows and 1 task\n"


def test_check_shows_every_finding_of_every_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "broken.py").write_text("def (:\n", encoding="utf-8")
    assert invoke(["check", "."]) == 1
    out, err = capsys.readouterr()
    assert "error[DW101]" in out
    assert "broken.py:1:" in out
    assert "wrong.py:11:" in out
    assert out.splitlines()[-1] == "2 errors in 2 files, 1 fixable with --fix"
    assert err == ""


def test_warnings_alone_are_shown_and_pass(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "flow.py").write_text(
        FLOW.replace("    return double(x=double(x=x))", "    double(x=1)\n    return double(x=x)"), encoding="utf-8"
    )
    assert invoke(["check", "flow.py"]) == 0
    assert "warning[DW493]" in capsys.readouterr().out


def test_what_cannot_be_read_is_two(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "pyproject.toml").write_text("[tool.dagwright\n", encoding="utf-8")
    assert invoke(["check", "flow.py"]) == 2
    assert "error[DW590]" in capsys.readouterr().out


def test_a_file_that_cannot_be_read_is_two_and_hides_no_other(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "gone.py").symlink_to("nowhere.py")
    assert invoke(["check", "."]) == 2
    out, _ = capsys.readouterr()
    assert "error[DW104]: cannot read gone.py: no such file or directory\n" in out
    assert "wrong.py:11:" in out


def test_check_can_ask_a_target_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["check", "-t", "argo", "flow.py"]) == 0
    assert "warning[DW531]" in capsys.readouterr().out
    assert invoke(["check", "-t", "ir", "flow.py"]) == 2
    assert "`ir` is not a target; there are argo, batch" in capsys.readouterr().err


def test_files_of_two_projects_are_not_mixed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "other").mkdir()
    (project / "other/dagwright.toml").write_text('project = "ads"\n', encoding="utf-8")
    (project / "other/job.py").write_text(FLOW, encoding="utf-8")
    assert invoke(["check", "other/job.py"]) == 0
    assert invoke(["check", "flow.py", "other/job.py"]) == 2
    assert "different settings (none and other/dagwright.toml)" in " ".join(capsys.readouterr().err.split())


def test_colour_is_asked_for(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def colored(*arguments: str) -> bool:
        invoke(["check", "wrong.py", *arguments])
        return "\x1b[" in capsys.readouterr().out

    assert not colored()
    assert colored("--color", "always")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert colored()
    assert not colored("--color", "never")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colored()
    assert colored("--color=always")


def test_compile_puts_the_manifest_and_nothing_else_on_stdout(project: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert invoke(["compile", "flow.py"]) == 0
    documents = list(yaml.safe_load_all(capfdbinary.readouterr().out))
    assert [document["kind"] for document in documents] == [
        "ConfigMap",
        "ConfigMap",
        "WorkflowTemplate",
        "ConfigMap",
        "WorkflowTemplate",
    ]


@pytest.mark.parametrize("name", ["main", "flow.main"])
def test_one_workflow_is_named_short_or_in_full(project: Path, capfdbinary: pytest.CaptureFixture[bytes], name: str) -> None:
    assert invoke(["compile", "-t", "ir", f"flow.py:{name}"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["workflow"]["name"] == "flow.main"


def test_a_task_compiles_alone_when_it_is_named(project: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert invoke(["compile", "-t", "ir", "flow.py:double"]) == 0
    workflow = json.loads(capfdbinary.readouterr().out)["workflow"]
    assert workflow["name"] == "flow.double"
    assert workflow["nodes"][0]["bindings"] == {"x": {"kind": "input", "name": "x"}}


def test_the_plan_holds_program_and_units(project: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert invoke(["compile", "-t", "plan", "flow.py:main"]) == 0
    plan = json.loads(capfdbinary.readouterr().out)
    assert list(plan) == ["schema", "program", "units"]
    assert plan["units"]["double"]["node"] == "double"


def test_a_name_that_is_not_there_gets_the_nearest(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["compile", "flow.py:mian"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert (
        err == "error[DW290]: flow.py defines no workflow or task `mian`\nhelp: did you mean `main`?\n\n"
        "more on this: `dagwright explain DW290`\n1 error\n"
    )


def test_an_unknown_target_is_named_with_the_known(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["compile", "-t", "arg", "flow.py"]) == 2
    assert "`arg` is not a target; there are argo, batch, ir, plan" in capsys.readouterr().err


def test_errors_leave_stdout_and_files_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["compile", "flow.py", "wrong.py"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "wrong.py:11:" in err
    assert invoke(["compile", "flow.py", "wrong.py", "-o", "out/"]) == 1
    assert not (project / "out").exists()


def test_standard_input_is_a_file_too(project: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "dagwright_compiler.cli.main", "compile", "-t", "ir", "-"],
        input=FLOW.partition("@workflow\ndef other")[0].encode(),
        capture_output=True,
        check=True,
    )
    assert json.loads(ran.stdout)["workflow"]["name"] == "stdin.main"


def test_standard_input_stands_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["compile", "-", "flow.py"]) == 2
    assert "standard input" in capsys.readouterr().err


def test_a_folder_gets_a_file_a_workflow_and_the_runtime_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["compile", "flow.py", "-o", "out/"]) == 0
    assert sorted(path.name for path in (project / "out").iterdir()) == [
        "dagwright-runtime.yaml",
        "flow.main.yaml",
        "flow.other.yaml",
    ]
    assert capsys.readouterr().err.splitlines()[-1] == "wrote 3 files"
    head = (project / "out/flow.main.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert head == "# Generated by dagwright (argo): workflow flow.main. Change the Python source, not this file."
    kinds = [document["kind"] for document in yaml.safe_load_all((project / "out/flow.main.yaml").read_text(encoding="utf-8"))]
    assert kinds == ["ConfigMap", "WorkflowTemplate"]


def test_a_second_compile_touches_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    invoke(["compile", "flow.py", "-o", "out/"])
    before = {path: path.stat().st_mtime_ns for path in (project / "out").iterdir()}
    assert invoke(["compile", "flow.py", "-o", "out"]) == 0
    assert {path: path.stat().st_mtime_ns for path in (project / "out").iterdir()} == before
    assert capsys.readouterr().err.splitlines()[-1] == "wrote 0 files, 3 unchanged"


def test_files_of_others_are_not_overwritten(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "out").mkdir()
    (project / "out/flow.other.yaml").write_text("mine: true\n", encoding="utf-8")
    assert invoke(["compile", "flow.py", "-o", "out"]) == 2
    assert "out/flow.other.yaml was not written by `dagwright compile -t argo`" in capsys.readouterr().err
    assert [path.name for path in (project / "out").iterdir()] == ["flow.other.yaml"]


def test_a_named_file_takes_the_stream(project: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert invoke(["compile", "flow.py"]) == 0
    stream = capfdbinary.readouterr().out
    assert invoke(["compile", "flow.py", "-o", "all.yaml"]) == 0
    assert (project / "all.yaml").read_bytes() == stream
    assert not list(project.glob(".*tmp"))


def test_a_new_name_without_an_ending_is_a_folder(project: Path) -> None:
    assert invoke(["compile", "flow.py", "-o", "built/manifests"]) == 0
    assert sorted(path.name for path in (project / "built/manifests").iterdir()) == [
        "dagwright-runtime.yaml",
        "flow.main.yaml",
        "flow.other.yaml",
    ]


def test_what_cannot_be_written_is_one_line_and_leaves_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "file").write_text("", encoding="utf-8")
    assert invoke(["compile", "flow.py", "-o", "file/all.yaml"]) == 2
    assert "Error: file/all.yaml: " in capsys.readouterr().err


def test_check_of_current_output_passes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    invoke(["compile", "flow.py", "-o", "out/"])
    capsys.readouterr()
    assert invoke(["compile", "flow.py", "-o", "out/", "--check"]) == 0
    assert capsys.readouterr().out == ""


def test_check_tells_stale_missing_and_left_files_and_writes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    invoke(["compile", "flow.py", "-o", "out/"])
    (project / "flow.py").write_text(FLOW.replace("2 * x", "3 * x").replace("def other", "def third"), encoding="utf-8")
    (project / "out/notes.yaml").write_text("mine: true\n", encoding="utf-8")
    before = {path: path.read_bytes() for path in (project / "out").iterdir()}
    capsys.readouterr()
    assert invoke(["compile", "flow.py", "-o", "out/", "--check"]) == 1
    out, err = capsys.readouterr()
    assert err.splitlines()[-3:] == [
        "out/flow.other.yaml is left from an earlier compile",
        "out/flow.main.yaml is stale",
        "out/flow.third.yaml is missing",
    ]
    assert "--- out/flow.main.yaml\n+++ out/flow.main.yaml (compiled now)\n" in out
    assert re.search(r"^-\s+return 2 \* x$", out, re.MULTILINE)
    assert re.search(r"^\+\s+return 3 \* x$", out, re.MULTILINE)
    assert {path: path.read_bytes() for path in (project / "out").iterdir()} == before


def test_a_single_file_is_checked_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["compile", "flow.py:main", "-t", "ir", "-o", "main.json", "--check"]) == 1
    assert invoke(["compile", "flow.py:main", "-t", "ir", "-o", "main.json"]) == 0
    assert invoke(["compile", "flow.py:main", "-t", "ir", "-o", "main.json", "--check"]) == 0


def test_check_needs_something_to_compare_with(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["compile", "flow.py", "--check"]) == 2
    assert "give it with -o" in capsys.readouterr().err


def test_flags_reach_the_program(project: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert invoke(["compile", "flow.py:main", "-t", "ir", "--project", "ads", "--domain", "production"]) == 0
    program = json.loads(capfdbinary.readouterr().out)
    assert (program["project"], program["domain"]) == ("ads", "production")


def test_a_file_without_workflows_says_what_to_do(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "flow.py").write_text(FLOW.partition("@workflow")[0], encoding="utf-8")
    assert invoke(["compile", "flow.py"]) == 1
    assert "help: name a task to take it alone, as in `flow.py:double`" in capsys.readouterr().err
    assert invoke(["check", "flow.py"]) == 0


def compiled_bytes(cwd: Path, seed: str, *arguments: str) -> bytes:
    ran = subprocess.run(
        [sys.executable, "-m", "dagwright_compiler.cli.main", "compile", *arguments],
        cwd=cwd,
        env={"PYTHONHASHSEED": seed, "PATH": os.environ["PATH"]},
        capture_output=True,
        check=True,
    )
    return ran.stdout


def test_same_input_same_bytes_wherever_and_in_whatever_order(project: Path) -> None:
    source = project / "src"
    (source / "pkg").mkdir(parents=True)
    (source / "pkg/__init__.py").write_text("", encoding="utf-8")
    (source / "pkg/steps.py").write_text(FLOW, encoding="utf-8")
    (source / "use.py").write_text(
        "from dagwright import workflow\nfrom pkg.steps import double\n\n\n@workflow\ndef again(x: int) -> int:\n    return double(x=x)\n",
        encoding="utf-8",
    )
    first = compiled_bytes(project, "0", "src/pkg/steps.py", "src/use.py")
    assert compiled_bytes(project, "4711", "src/pkg/steps.py", "src/use.py") == first
    assert compiled_bytes(source, "1", "pkg/steps.py", "use.py") == first
    assert compiled_bytes(project, "2", "src/pkg", "src/use.py") == first
    assert compiled_bytes(project, "3", "src/use.py", "src/pkg/steps.py") == first
    assert str(project).encode() not in first


def test_a_definition_that_is_not_there_is_a_finding_of_check_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "flow.py").write_text("from dagwright import task\n\n\n@task\ndef double(x: int) -> int:\n    return x\n")
    assert invoke(["check", f"{tmp_path}/flow.py:double"]) == 0
    assert invoke(["check", f"{tmp_path}/flow.py:doubel"]) == 1
    assert "DW290" in capsys.readouterr().out


def test_links_to_folders_are_not_followed_and_links_to_files_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "flow.py").write_text("from dagwright import task\n\n\n@task\ndef double(x: int) -> int:\n    return x\n")
    (tmp_path / "circle").symlink_to(".")
    (tmp_path / "gone").symlink_to("nowhere")
    (tmp_path / "again.py").symlink_to("flow.py")
    assert invoke(["check", str(tmp_path)]) == 0
    assert capsys.readouterr().err == "no findings in 0 workflows and 2 tasks\n"
