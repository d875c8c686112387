"""``dagwright run -t batch --emulate``: the command line over the emulator."""

import os
import subprocess
import sys

import pytest

SOURCE = """
from dagwright import map_task, task, workflow


@task(cache=True, cache_version="1")
def double(x: int) -> int:
    print("doubling", x)
    return 2 * x


@task
def add(xs: list[int]) -> int:
    return sum(xs)


@workflow
def main(xs: list[int]) -> int:
    return add(xs=map_task(double)(x=xs))
"""


@pytest.fixture
def emulate(tmp_path):
    (tmp_path / "flow.py").write_text(SOURCE)
    (tmp_path / "pyproject.toml").write_text("[tool.dagwright]\n")

    def run(*arguments):
        command = [
            sys.executable,
            "-c",
            "from dagwright_compiler.cli.main import main; main()",
            "run",
            "-t",
            "batch",
            "--emulate",
        ]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DAGWRIGHT_")}
        return subprocess.run([*command, *arguments], capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)

    return run


def test_stdout_is_the_output_and_stderr_the_rest(emulate):
    done = emulate("flow.py", "--xs", "[1, 2]")
    assert (done.returncode, done.stdout) == (0, "6\n")
    *prints, summary = done.stderr.splitlines()
    assert sorted(prints) == ["main-double:0 | doubling 1", "main-double:1 | doubling 2"]
    assert summary == "3 run, 0 cached, 0 retried, 0 failed"


def test_a_second_run_finds_what_is_cached_unless_told_otherwise(emulate):
    emulate("flow.py", "--xs", "[1, 2]")
    assert emulate("flow.py", "--xs", "[1, 2]").stderr == "1 run, 2 cached, 0 retried, 0 failed\n"
    assert "3 run, 0 cached" in emulate("--no-cache", "flow.py", "--xs", "[1, 2]").stderr


def test_a_plan_that_cannot_be_submitted_is_refused_in_one_line(emulate, tmp_path):
    done = emulate("flow.py", "--xs", f"{[0] * 10_001}")
    assert (done.returncode, done.stdout) == (1, "")
    first, _summary = done.stderr.splitlines()
    assert first == "dagwright: input xs has 10001 elements, over the 10000 of an array: give its map a concurrency"
