"""The wheel on a Python that only the runtime supports: one line, no traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import interpreters

ROOT = Path(__file__).parents[3]
PATHS = [str(ROOT / package) for package in ("compiler", "targets/local", "runtime")]
ENTRY = (
    f"import sys; sys.path[:0] = {PATHS!r}; from dagwright_compiler.cli.entry import main; sys.argv[1:] = ['--version']; main()"
)


def test_an_old_python_is_told_what_works_there():
    ended = subprocess.run([interpreters.oldest(), "-S", "-c", ENTRY], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("dagwright: compiling and running need Python 3.11 or newer, and this is 3.9")
    assert ended.stderr.count("\n") == 1


def test_a_new_python_gets_the_command_line():
    ended = subprocess.run([sys.executable, "-c", ENTRY], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("dagwright, version ")


def test_a_call_on_an_old_python_says_what_it_needs(tmp_path):
    (tmp_path / "flow.py").write_text(
        f"import sys; sys.path[:0] = {PATHS!r}\nfrom dagwright import workflow\n\n@workflow\ndef wf(x: int) -> int:\n    return x\n\nwf(x=1)\n"
    )
    ended = subprocess.run([interpreters.oldest(), "-S", "flow.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "RuntimeError: cannot call __main__.wf: only dagwright's runtime is installed here" in ended.stderr
    assert "dagwright_local" not in ended.stderr
