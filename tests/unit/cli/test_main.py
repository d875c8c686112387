from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

import dagwright_compiler
from dagwright_compiler.cli.main import COMMANDS, cli, invoke

ROOT = Path(__file__).parents[3]


def run(*arguments: str, cwd: Path | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dagwright_compiler.cli.main", *arguments],
        cwd=cwd,
        env={"PATH": "/usr/bin", **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_lists_every_command_and_imports_none_of_the_heavy() -> None:
    code = (
        "import sys\n"
        "from dagwright_compiler.cli.main import invoke\n"
        "assert invoke(['--help']) == 0\n"
        "heavy = {'jinja2', 'networkx', 'msgspec', 'yaml', 'libcst', 'importlib.metadata', 'dataclasses', 'tomllib'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stderr == "[]\n"
    assert all(f"  {name} " in ran.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_of_the_table_is_there(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.name == name


def test_the_version_is_the_projects() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert dagwright_compiler.__version__ == declared
    assert run("--version").stdout == f"dagwright, version {declared}\n"


@pytest.mark.parametrize(
    "arguments", [["nope"], ["compile"], ["check", "--nope"], ["check", "absent.py"], ["compile", "absent.py:main"]]
)
def test_wrong_usage_is_two_and_no_traceback(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Error: " in err
    assert "Traceback" not in err


def test_a_bug_of_ours_is_one_line_and_two(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    flow = tmp_path / "flow.py"
    flow.write_text("x = 1\n", encoding="utf-8")

    def broken(*_: object, **__: object) -> None:
        raise KeyError("two\nlines")

    monkeypatch.setattr("dagwright_compiler.cli.check.check_all", broken)
    monkeypatch.delenv("DAGWRIGHT_DEBUG", raising=False)
    assert invoke(["check", str(flow)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("dagwright: bug at test_main.py:")
    assert "please report it" in err
    assert err.count("\n") == 1
    monkeypatch.setenv("DAGWRIGHT_DEBUG", "1")
    with pytest.raises(KeyError):
        invoke(["check", str(flow)])


def test_a_reader_that_leaves_early_is_no_bug(tmp_path: Path) -> None:
    flow = tmp_path / "flow.py"
    tasks = "".join(f"@task\ndef t{at}(x):\n    return x\n" for at in range(3000))
    flow.write_text(f"from dagwright import task\n{tasks}", encoding="utf-8")
    command = f"'{sys.executable}' -m dagwright_compiler.cli.main check '{flow}' | head -1; echo ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["/bin/bash", "-c", command], capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    assert ran.stdout.splitlines()[1] == "1"


def test_the_garbage_collector_rests_only_in_our_own_process() -> None:
    code = "import gc, dagwright_compiler.cli.main, dagwright_compiler.driver.programs; print(gc.isenabled())"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "True\n"


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_the_caller_closed_is_no_mistake(tmp_path: Path, closed: str) -> None:
    (tmp_path / "flow.py").write_text("from dagwright import task\n\n@task\ndef f(x: int) -> int:\n    return x\n", "utf-8")
    command = f"{sys.executable} -m dagwright_compiler.cli.main check flow.py {closed}"
    ended = subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0
    assert "bug" not in ended.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux alone has a device that is always full")
@pytest.mark.parametrize(
    "arguments", ["--help", "explain DW304", "compile -t ir flow.py:f", "check --output-format json flow.py"]
)
def test_a_full_disk_is_the_users(tmp_path: Path, arguments: str) -> None:
    (tmp_path / "flow.py").write_text("from dagwright import task\n\n@task\ndef f(x: int) -> int:\n    return x\n", "utf-8")
    command = f"{sys.executable} -m dagwright_compiler.cli.main {arguments} > /dev/full"
    ended = subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (2, "Error: cannot write: no space left on device\n")
