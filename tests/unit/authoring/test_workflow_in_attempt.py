"""A workflow that an attempt meets: at module level it does nothing and says so, in a task's body it is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import interpreters
import pytest

RUNTIME = Path(__file__).parents[3] / "runtime"

MODULE = """
from typing import NamedTuple, Tuple
from dagwright import task, workflow

class Pair(NamedTuple):
    low: int
    high: int

@task
def double(x: int) -> int:
    return 2 * x

@workflow
def one(x: int = 1) -> int:
    return double(x=x)

@workflow
def two(x: int = 1) -> Tuple[int, int]:
    return double(x=x), double(x=x)

@workflow
def pair(x: int = 1) -> "Pair":
    return Pair(double(x=x), double(x=x))

@task
def nested(x: int) -> int:
    return one(x=x)

def main():
    return one(x=3)

print(f"result {main():.2f}", one() + 1, one()["key"].field)
a, b = two()
low, high = pair(x=3)
assert one() == 6, "an assertion about the result holds"
for item in one():
    raise AssertionError("nothing to iterate")
"""

ATTEMPT = """
from dagwright.execution import context
context.claim_process(context.Attempt("node"))
import flow
print(flow.double(x=4))
"""


def in_attempt(python: str, folder: Path, code: str = ATTEMPT) -> subprocess.CompletedProcess[str]:
    (folder / "flow.py").write_text(MODULE)
    (folder / "attempt.py").write_text(code)
    environment = {"PYTHONPATH": str(RUNTIME), "PATH": ""}
    return subprocess.run([python, "attempt.py"], cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("python", ["this", "oldest"])
def test_a_call_at_module_level_does_nothing_and_is_reported_once(python: str, tmp_path: Path) -> None:
    done = in_attempt(sys.executable if python == "this" else interpreters.oldest(), tmp_path)
    shown = "<result of flow.one: not run here>"
    assert (done.returncode, done.stdout) == (0, f"result {shown} {shown} {shown}\n8\n"), done.stderr
    assert done.stderr.splitlines() == [
        f"dagwright: flow.{name} is called where its module is imported: not run in a task's container"
        for name in ("one", "two", "pair")
    ]


def test_a_call_in_a_tasks_body_is_refused(tmp_path: Path) -> None:
    # the frame of the execution package is what tells a running task from an import
    code = (
        ATTEMPT
        + 'run = {"__name__": "dagwright.execution.probe", "f": flow.nested}\nexec("def go(): return f(x=1)", run)\nrun["go"]()\n'
    )
    done = in_attempt(sys.executable, tmp_path, code)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "RuntimeError: workflow flow.one is called inside a task: a task's body is plain Python; call the workflow from a workflow"
    )


def test_a_call_without_the_compiler_is_one_clear_error(tmp_path: Path) -> None:
    done = in_attempt(
        interpreters.oldest(), tmp_path, "import dagwright\nfrom dagwright import task\n@task\ndef f() -> int: return 1\nf()\n"
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "RuntimeError: cannot call __main__.f: only dagwright's runtime is installed here; "
        "calling tasks and workflows needs `pip install dagwright` on Python 3.11 or newer"
    )
