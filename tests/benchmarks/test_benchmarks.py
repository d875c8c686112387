"""The benchmarks run, write what they measured, and end with status 1 where a gate is missed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def run(script: str, *options: str, folder: Path) -> tuple[str, dict[str, object]]:
    out = folder / "found.json"
    command = [sys.executable, str(BENCHMARKS / script), *options, "--json", str(out)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, json.loads(out.read_text())


def test_compiles_are_measured_against_their_floor(tmp_path: Path) -> None:
    shown, found = run(
        "compile.py",
        "--shapes",
        "chain",
        "map",
        "--sizes",
        "10",
        "20",
        "--no-project",
        "--targets",
        "ir",
        "--repeats",
        "1",
        folder=tmp_path,
    )
    assert [(row["case"], row["tasks"]) for row in found["rows"]] == [("chain", 10), ("chain", 20), ("map", 10), ("map", 20)]
    assert all(row["ratio"] == row["compiled"]["cpu_s"] / row["floor"]["cpu_s"] > 1 for row in found["rows"])
    assert [gate["name"] for gate in found["gates"]] == ["--help", "10-task file"]
    assert "ratio" in shown


def test_attempts_and_calls_are_measured_over_a_bare_interpreter(tmp_path: Path) -> None:
    _, found = run("attempt.py", "--repeats", "1", "--no-s3", folder=tmp_path)
    (bare,), *ways = found["start_ms"].values()
    # one start each on a busy machine tells no order: that is the gates' business, not a test's
    assert len(ways) >= 2
    assert all(taken > 0 for taken in (bare, *(way for (way,) in ways)))
    assert {gate["name"] for gate in found["gates"]} >= {"installed, file store", "hit, per task", "run, per task"}


def test_a_call_takes_few_bytes_of_a_manifest(tmp_path: Path) -> None:
    _, found = run("manifest.py", "--sizes", "100", "--gates", folder=tmp_path)
    rows = {row["case"]: row for row in found["rows"]}
    assert {row["calls"] for row in found["rows"] if row["case"] in ("chain", "diamond", "map", "random")} == {100}
    # An item has a name, a template and a unit at least.
    assert all(100 < row["bytes_a_call"] < 300 for row in rows.values())
    assert len([gate for gate in found["gates"] if gate["held"]]) == 5


@pytest.mark.parametrize(("value", "status"), [(1.0, 0), (1.1, 1)])
def test_a_missed_gate_is_a_status(value: float, status: int) -> None:
    code = f"import sys; sys.path.insert(0, {str(BENCHMARKS)!r})\nfrom gates import *\nsys.exit(finish({{}}, [Gate('g', {value}, 1.0, 's')], json_path=None, enforce=True))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == status
    assert ("MISSED" in done.stdout) == bool(status)


@pytest.mark.parametrize("shape", ["chain", "diamond", "map", "random"])
def test_every_shape_has_as_many_tasks_and_calls_as_asked(shape: str, tmp_path: Path) -> None:
    sizes = [*range(1, 40), 1001]
    code = f"import sys; sys.path.insert(0, {str(BENCHMARKS)!r})\nfrom sources import *\n"
    code += f"for size in {sizes}: write_file(Path(f'{{size}}.py'), {shape!r}, size, 1000)"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    for size in sizes:
        text = (tmp_path / f"{size}.py").read_text()
        compile(text, "flow.py", "exec")
        assert text.count("@task(") == sum(line.startswith("    v") for line in text.splitlines()) == size
        assert text.count("@workflow") == -(-size // 1000)


def test_requests_of_a_long_list_are_counted(tmp_path: Path) -> None:
    shown, found = run("wide.py", "--elements", "300", "--gates", folder=tmp_path)
    assert found["requests"]["PUT run/RUN/turn/POD/stripe.json"] == 100
    assert found["gates"][0]["held"]
    assert "requests, 300 elements in 100 pods" in shown
