"""Every example runs as its first lines say, and compiles to both targets without any package of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
PRINTED = {
    "orders_etl.py": "FR: 2 orders, 200.10\nDE: 1 orders, 39.90\nSE: 1 orders, 15.50\n",
    "tune.py": "rate 0.1, 100 steps: loss 0.0221\n",
    "word_count.py": "[('it', 10), ('of', 10), ('the', 10)]\n",
    "flaky_source.py": "270.0\n",
    "churn/flow.py": "Grace: 0.575\nLinus: 0.35\n",
}
FLYTEKIT = "flytekit_style.py"
CONFIGURED = """\
store = "s3://bucket/flows"
[batch]
queue = "flows"
image = "python:3.12"
"""
REPORT = "Summary(mean=8.37, spread=1.02)\n"


def run(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DAGWRIGHT_STORE": (folder / "store").as_uri()}
    return subprocess.run([sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_every_example_is_listed_here() -> None:
    runnable = {path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*.py") if "__main__" in path.read_text()}
    assert runnable == {*PRINTED, FLYTEKIT}


@pytest.mark.parametrize("name", PRINTED)
def test_an_example_runs_as_a_script(name: str, tmp_path: Path) -> None:
    done = run(str(EXAMPLES / name), folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, PRINTED[name]), done.stderr


def test_the_file_of_flytekit_runs_where_flytekit_is_absent(tmp_path: Path) -> None:
    done = run("-m", "dagwright", str(EXAMPLES / FLYTEKIT), folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, REPORT), done.stderr


@pytest.mark.parametrize("target", ["argo", "batch"])
@pytest.mark.parametrize("name", [*PRINTED, FLYTEKIT])
def test_an_example_compiles_without_a_finding(name: str, target: str, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    (tmp_path / "dagwright.toml").write_text(CONFIGURED)
    command = ("-m", "dagwright_compiler.cli.main", "compile", f"examples/{name}", "-t", target)
    done = run(*command, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    kinds = {line.removeprefix("kind: ") for line in done.stdout.splitlines() if line.startswith("kind: ")}
    assert kinds == ({"ConfigMap", "WorkflowTemplate"} if target == "argo" else {"BatchPlan"})
