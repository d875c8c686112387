"""``dagwright run``: real processes, one store, the same answers in process, forked, isolated and under Batch's rules."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

FLOW = """
from __future__ import annotations
import os, sys, time
from dataclasses import dataclass
from dagwright import RecoverableError, map_task, task, workflow

@dataclass
class Point:
    x: float
    y: float = 0.0

@task
def split(data: list[float], n: int) -> list[list[float]]:
    return [data[i::n] for i in range(n)]

@task(cache=True, cache_version="1")
def mean(data: list[float]) -> float:
    print("mean of", data)
    return sum(data) / len(data)

@task
def total(xs: list[float], shift: Point, label: str, twice: bool) -> float:
    print(label, file=sys.stderr)
    return (sum(xs) + shift.x) * (2 if twice else 1)

@workflow
def wf(data: list[float], n_parts: int = 2, shift: Point = Point(1.0), label: str = "none", twice: bool = False) -> float:
    return total(xs=map_task(mean)(data=split(data=data, n=n_parts)), shift=shift, label=label, twice=twice)

@task(retries=2)
def flaky(folder: str) -> int:
    open(os.path.join(folder, f"{time.time_ns()}"), "w").close()
    tries = len(os.listdir(folder))
    if tries < 3:
        raise RecoverableError(f"try {tries}")
    return tries

def inner():
    raise ValueError("no good")

@task
def boom(n: int) -> int:
    inner()
    return n

@workflow
def fails(n: int) -> int:
    return boom(n=n)

@task
def sleeps(folder: str) -> int:
    with open(os.path.join(folder, "starting"), "w") as file:
        file.write(str(os.getpid()))
    os.rename(file.name, os.path.join(folder, "ready"))
    time.sleep(60)
    return 0

@task
def nothing() -> None:
    pass

@task
def odd() -> str:
    return chr(0xD800) + " 🔥"

@task
def pair() -> tuple[int, str]:
    return 1, "🔥"
"""
COMMAND = [sys.executable, "-c", "from dagwright_compiler.cli.main import main; main()", "run"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "flow.py").write_text(FLOW, "utf-8")
    return tmp_path


def run(project: Path, *arguments: object, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DAGWRIGHT_")}
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=project,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("how", [[], ["--isolate"], ["-t", "batch", "--emulate"]])
def test_outputs_are_json_alone_and_the_second_run_is_cached(project: Path, how: list[str]) -> None:
    arguments = [*how, "flow.py:wf", "--data", "[1, 2.5, 3]", "--n-parts=3", "--shift", '{"x": 2}', "--label", "123", "--twice"]
    first, second = run(project, *arguments), run(project, *arguments)
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert (first.stdout, second.stdout) == ("17.0\n", "17.0\n")
    assert first.stderr.splitlines()[-1] == "5 run, 0 cached, 0 retried, 0 failed"
    assert second.stderr.splitlines()[-1] == "2 run, 3 cached, 0 retried, 0 failed"
    if "--emulate" not in how:
        assert "mean[1] | mean of [2.5]" in first.stderr
        assert "total | 123" in first.stderr


def test_the_cache_can_be_left_out(project: Path) -> None:
    for _ in range(2):
        ended = run(project, "--no-cache", "flow.py", "mean", "--data", "[1]")
        assert (ended.returncode, ended.stdout) == (0, "1.0\n")
        assert "1 run, 0 cached" in ended.stderr


def test_the_store_stands_beside_the_project_unless_told(project: Path) -> None:
    (project / "sub").mkdir()
    (project / "sub" / "flow.py").write_text(FLOW, "utf-8")
    assert run(project, "sub/flow.py", "mean", "--data", "[1]").returncode == 0
    assert (project / ".dagwright/store/v1/ac").is_dir()
    assert (project / ".dagwright/.gitignore").read_text() == "*\n"
    other = project / "other"
    assert (
        run(project, "--store", other.as_uri(), "--project", "p", "--domain", "d", "flow.py", "mean", "--data", "[1]").returncode
        == 0
    )
    assert [path.name for path in (other / "v1/ac/p/d").iterdir()] == ["flow.mean"]


@pytest.mark.parametrize(("how", "text"), [("json", '{"data": [4], "label": "x: y"}'), ("yaml", "data:\n  - 4\nlabel: 'x: y'\n")])
def test_inputs_come_from_a_file_and_options_win(project: Path, how: str, text: str) -> None:
    (project / "inputs").write_text(text)
    assert run(project, "--inputs-file", "inputs", "flow.py", "wf", "--n-parts", 1).stdout == "5.0\n", how
    ended = run(project, "--inputs-file", "-", "flow.py", "wf", "--n-parts", 1, "--data", "[8]", stdin=text)
    assert ended.stdout == "9.0\n"
    assert "total | x: y" in ended.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("label: no\ndata: [1]\n", "standard input: input 'label': expected str, got false; put it in quotes"),
        ('{"dta": [1]}', "standard input: no input `dta` is known; did you mean `data`?"),
        ("[1]", "standard input holds no object of inputs by name"),
        ("label: 2024-13-45\n", "standard input holds no object of inputs by name"),
        pytest.param("data: " + "[" * 3000, "standard input holds no object of inputs by name", id="deep"),
        ("data: {2024-01-31: 1}\n", "input 'data': a key in it is neither text nor a number; put it in quotes"),
        ("data: &all [*all]\n", "input 'data': it holds itself, or is nested too deep"),
    ],
)
def test_a_file_of_inputs_is_taken_at_its_word(project: Path, text: str, message: str) -> None:
    ended = run(project, "--inputs-file", "-", "flow.py", "wf", stdin=text)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert message in ended.stderr


TEXTS = """
from decimal import Decimal
from pathlib import Path
from typing import Optional

from dagwright import task


@task
def show(d: Decimal = Decimal(1), p: Path = Path("x"), o: Optional[Decimal] = None, s: Optional[str] = None) -> str:
    return f"{d} {p} {o} {s}"
"""


@pytest.mark.parametrize("how", [[], ["--isolate"], ["-t", "batch", "--emulate"]], ids=["forked", "isolated", "batch"])
def test_what_json_takes_for_a_number_is_a_text_where_one_is_declared(project: Path, how: list[str]) -> None:
    (project / "texts.py").write_text(TEXTS, "utf-8")
    given = ["--d", "0.10", "--p", "12", "--o", "1e400", "--s", "true"]
    assert run(project, *how, "texts.py:show", *given).stdout == '"0.10 12 1E+400 true"\n'
    assert run(project, *how, "texts.py:show", "--d", '"0.10"', "--o", "null", "--s", "null").stdout == '"0.10 x None None"\n'


VANS = """
from dataclasses import dataclass
from enum import Enum

from dagwright import task

raise_if_imported = 1


class Fuel(Enum):
    PETROL = "p"
    POWER = "e"


@dataclass
class Van:
    name: str
    capacity_kg: float
    fuel: Fuel = Fuel.POWER


@task
def load(vans: list[Van]) -> list[str]:
    return [f"{van.name} {van.fuel.name}" for van in vans]
"""


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ('[{"name": "red"}]', "input 'vans': expected Van, got no field 'capacity_kg' at [0]"),
        ('[{"name": "red", "capacity_kg": "5"}]', "input 'vans': expected float, got str '5' at [0].capacity_kg"),
        (
            '[{"name": "red", "capacity_kg": 5, "fuel": "x"}]',
            "expected Fuel, got str 'x' at [0].fuel (its members are PETROL, POWER)",
        ),
        ('{"name": "red", "capacity_kg": 5}', "input 'vans': expected list[Van], got dict of 2 items"),
    ],
)
def test_fields_are_checked_before_anything_runs(project: Path, given: str, message: str) -> None:
    (project / "vans.py").write_text(
        VANS.replace("raise_if_imported = 1", "raise ImportError('the command line imports nothing')")
    )
    ended = run(project, "vans.py:load", "--vans", given)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert message in ended.stderr
    (project / "vans.py").write_text(VANS)
    ended = run(
        project, "vans.py:load", "--vans", '[{"name": "red", "capacity_kg": 5}, {"name": "b", "capacity_kg": 1.5, "fuel": "p"}]'
    )
    assert ended.stdout == '["red POWER", "b PETROL"]\n'


def test_a_number_in_a_file_of_inputs_is_no_decimal(project: Path) -> None:
    (project / "texts.py").write_text(TEXTS, "utf-8")
    ended = run(project, "--inputs-file", "-", "texts.py:show", stdin="d: 0.10\n")
    assert "standard input: input 'd': expected Decimal, got 0.1; put it in quotes" in ended.stderr
    assert run(project, "--inputs-file", "-", "texts.py:show", stdin="d: '0.10'\no: null\n").stdout == '"0.10 x None None"\n'


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["flow.py", "wf"], "missing input --data"),
        (["flow.py", "wf", "--data"], "--data takes a value"),
        (["flow.py", "wf", "--data", "[1]", "--data", "[2]"], "given twice"),
        (["flow.py", "wf", "--data", '["x"]'], "expected float, got str 'x' at [0]"),
        (["flow.py", "wf", "--dta", "[1]"], "did you mean `data`"),
        (["flow.py", "wf", "--data", "[1]", "--no-label"], "no input"),
        (
            ["flow.py", "wf", "--data", "[1]", "--no-cache"],
            "`--no-cache` is an option of `dagwright run`, not an input: it stands",
        ),
        (["flow.py", "wf", "-n", "team"], "`-n` is an option of `dagwright run`, not an input: it stands before the file"),
        (["flow.py", "wf", "[1]"], "is not an option"),
        (["flow.py:wf", "wf", "--data", "[1]"], "one name too many"),
        (["absent.py"], "does not exist"),
        (["--max-worker=3", "flow.py", "wf"], "Did you mean '--max-workers'"),
        (["-x", "flow.py", "wf"], "No such option '-x'"),
        (["-t", "batch", "flow.py", "nothing"], "go together"),
        (["-t", "argo", "--emulate", "flow.py", "nothing"], "cannot be emulated"),
        (["--inputs-file", "absent", "flow.py", "wf"], "cannot be read"),
        (["--max-workers", "0", "flow.py", "nothing"], "max-workers"),
        (["--store", "nope://bucket", "flow.py", "nothing"], "no store has the URL 'nope://bucket'"),
        (["--store", "file://folder", "flow.py", "nothing"], "write file:// and an absolute path"),
    ],
)
def test_wrong_usage_is_exit_2_and_runs_nothing(project: Path, arguments: list[str], text: str) -> None:
    ended = run(project, *arguments)
    assert (ended.returncode, ended.stdout) == (2, ""), ended
    assert text in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (project / ".dagwright").exists()


def test_help_behind_the_target_shows_its_inputs(project: Path) -> None:
    ended = run(project, "flow.py", "wf", "--help")
    assert ended.returncode == 0
    for line in (
        "--data",
        "--n-parts",
        "[default: 2]",
        "--twice / --no-twice",
        "[required]",
        " Point  [default",
        "Outputs: o0: float",
    ):
        assert line in ended.stdout


def test_a_failing_task_ends_in_its_own_traceback(project: Path) -> None:
    ended = run(project, "flow.py:fails", "--n", 1)
    assert (ended.returncode, ended.stdout) == (1, "")
    failed, *trace, summary = ended.stderr.splitlines()
    assert failed == "dagwright: boom failed"
    assert trace[0] == "Traceback (most recent call last):"
    assert trace[-1] == "ValueError: no good"
    assert len([line for line in trace if line.startswith("  File ")]) == 2
    assert summary == "0 run, 0 cached, 0 retried, 1 failed"


def test_recoverable_errors_are_retried(project: Path) -> None:
    (project / "tries").mkdir()
    ended = run(project, "flow.py", "flaky", "--folder", project / "tries")
    assert (ended.returncode, ended.stdout) == (0, "3\n"), ended
    assert ended.stderr.splitlines()[-1] == "1 run, 0 cached, 2 retried, 0 failed"
    assert "flaky | dagwright.authoring.errors.RecoverableError: try 1" in ended.stderr


@pytest.mark.parametrize(
    ("how", "denied_by"), [([], '"deny"'), (["--isolate"], "[]"), (["-t", "batch", "--emulate"], '["fractions.Other"]')]
)
def test_values_that_only_pickle_carries_can_be_denied(project: Path, how: list[str], denied_by: str) -> None:
    source = (
        "from fractions import Fraction\nfrom dagwright import task\n@task\ndef half() -> Fraction:\n    return Fraction(1, 2)\n"
    )
    (project / "opaque.py").write_text(source)
    allowed = run(project, *how, "opaque.py", "half")
    assert allowed.returncode == 0, allowed
    (project / "pyproject.toml").write_text(f"[tool.dagwright]\npickle = {denied_by}\n")
    denied = run(project, *how, "opaque.py", "half")
    assert denied.returncode == 1
    assert "Fraction" in denied.stderr


@pytest.mark.parametrize(("name", "output"), [("nothing", None), ("pair", [1, "🔥"]), ("odd", "\ud800 🔥")])
def test_outputs_have_the_form_in_which_the_function_returns_them(project: Path, name: str, output: object) -> None:
    assert json.loads(run(project, "flow.py", name).stdout) == output


def test_diagnostics_are_shown_instead_of_running(project: Path) -> None:
    (project / "bad.py").write_text("from dagwright import task, workflow\n@workflow\ndef wf() -> int:\n    return nope()\n")
    ended = run(project, "bad.py")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "error[DW" in ended.stderr


def test_what_a_module_prints_when_it_is_imported_is_no_part_of_the_outputs(project: Path) -> None:
    source = """
import os, sys
from dataclasses import dataclass
from dagwright import task

@dataclass
class Point:
    x: float

print("imported", flush=True)
os.write(1, b"to the descriptor\\n")
sys.stdin.read()

@task
def origin() -> Point:
    return Point(0.0)
"""
    (project / "loud.py").write_text(source)
    ended = run(project, "loud.py", "origin")
    assert (ended.returncode, json.loads(ended.stdout)) == (0, {"x": 0.0}), ended
    assert "origin | imported" in ended.stderr


def test_a_record_that_cannot_be_read_does_not_hang_an_isolated_run(project: Path) -> None:
    source = """
import atexit, pathlib
from dagwright import task

def spoil(store):
    for path in pathlib.Path(store).glob("v1/run/*/*/attempt-*.json"):
        path.write_text("no JSON")

@task
def spoils(store: str) -> int:
    atexit.register(spoil, store)
    return 7
"""
    (project / "spoils.py").write_text(source)
    store = project / "store"
    ended = run(project, "--isolate", "--store", store.as_uri(), "spoils.py", "spoils", "--store", store)
    assert (ended.returncode, ended.stdout) == (0, "7\n"), ended


@pytest.mark.parametrize(
    ("how", "number"),
    [
        ([], signal.SIGINT),
        ([], signal.SIGKILL),
        ([], signal.SIGHUP),
        (["--isolate"], signal.SIGINT),
        (["--isolate"], signal.SIGTERM),
        (["-t", "batch", "--emulate"], signal.SIGINT),
        (["-t", "batch", "--emulate"], signal.SIGTERM),
    ],
)
def test_an_interrupted_run_leaves_nothing_behind(project: Path, how: list[str], number: int) -> None:
    temporary = project / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        [*COMMAND, *how, "flow.py", "sleeps", "--folder", str(project)],
        env={**os.environ, "TMPDIR": str(temporary)},
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    while not (project / "ready").exists():
        time.sleep(0.01)
        assert process.poll() is None
    (os.kill if number in (signal.SIGKILL, signal.SIGTERM) else os.killpg)(process.pid, number)
    process.communicate(timeout=30)
    pid = int((project / "ready").read_text())
    for _ in range(200):
        if not _alive(project) and not Path(f"/proc/{pid}").exists():
            break
        time.sleep(0.05)
    else:
        raise AssertionError(_alive(project))
    assert number == signal.SIGKILL or not list(temporary.iterdir())


def _alive(project: Path) -> list[str]:
    """Command lines of processes that run in the project's folder."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                if (folder / "cwd").readlink() == project:
                    found.append((folder / "cmdline").read_text())
            except OSError:
                continue
    return found


CELLS = (
    "%matplotlib inline\nfrom dagwright import task, workflow\nfrom parts import factor",
    "@task\ndef times(x: int) -> int:\n    return factor() * x",
    "@workflow\ndef main(x: int) -> int:\n    return times(x=x)",
    "main(x=1)",
)


@pytest.mark.parametrize("how", [[], ["--isolate"], ["-t", "batch", "--emulate"]], ids=["forked", "isolated", "batch"])
def test_a_notebook_runs(tmp_path: Path, how: list[str]) -> None:
    cells = [{"cell_type": "code", "source": text} for text in CELLS]
    (tmp_path / "flow.ipynb").write_text(json.dumps({"nbformat": 4, "cells": cells}), encoding="utf-8")
    (tmp_path / "parts.py").write_text("def factor() -> int:\n    return 3\n", encoding="utf-8")
    ran = run(tmp_path, *how, "flow.ipynb", "--x", 4)
    assert (ran.returncode, ran.stdout) == (0, "12\n"), ran.stderr


def test_standard_input_runs(tmp_path: Path) -> None:
    text = "\n".join(CELLS[:3]).replace("%matplotlib inline\n", "").replace("from parts import factor", "factor = int")
    ran = run(tmp_path, "-", "--x", 4, stdin=text.replace("factor()", "3"))
    assert (ran.returncode, ran.stdout) == (0, "12\n"), ran.stderr
