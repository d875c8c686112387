from __future__ import annotations

import subprocess
from pathlib import Path

import interpreters
import pytest

import dagwright

CHECK = Path(__file__).with_name("interpreter_check.py")
CHEAP = {
    "__future__",
    "_json",
    "_sha2",
    "_sha256",
    "_stat",
    "array",
    "errno",
    "math",
    "genericpath",
    "posixpath",
    "os",
    "os.path",
    "stat",
}
CHEAP |= {"_collections_abc", "io", "abc", "_abc", "codecs", "linecache"}  # what starting Python with site brings, or nearly so


@pytest.mark.parametrize("python", [interpreters.oldest, interpreters.newest])
def test_the_data_plane_works_on_other_interpreters_and_imports_next_to_nothing(python, tmp_path):
    runtime = Path(dagwright.__file__).parents[1]
    command = [python(), "-S", str(CHECK), str(tmp_path)]
    done = subprocess.run(command, env={"PYTHONPATH": str(runtime)}, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    imported, message = done.stdout.splitlines()
    # json, re, enum, typing, hashlib, datetime, ... would each cost an attempt milliseconds before user code
    assert set(imported.split()[1:]) <= CHEAP
    assert message == "expected Node, got int 1 at [1]"
