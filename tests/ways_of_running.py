"""One project on every way of running: a script, ``run``, ``run --isolate`` and Batch's rules."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

RUN = ["-c", "from dagwright_compiler.cli.main import main; main()", "run"]
WAYS = {
    "script": ["flow.py"],
    "run": [*RUN, "flow.py"],
    "isolate": [*RUN, "--isolate", "flow.py"],
    "batch": [*RUN, "-t", "batch", "--emulate", "flow.py"],
}
STAND_IN = {**WAYS, "script": ["-m", "dagwright", "flow.py"]}
"""The same for files that import flytekit, which need not be installed."""
SCRIPT = """
if __name__ == "__main__":
    import sys
    print(repr(globals()[sys.argv[1]]()))
"""


def write_project(folder: Path, flow: str) -> Path:
    """Write a project of one module, whose workflows run by their names."""
    (folder / "pyproject.toml").touch()
    (folder / "flow.py").write_text(flow + SCRIPT, "utf-8")
    return folder


def execute(
    project: Path,
    way: str,
    workflow: str,
    *,
    ways: Mapping[str, list[str]] = WAYS,
    arguments: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    python: Path | str = sys.executable,
) -> subprocess.CompletedProcess[str]:
    """Run one workflow with its defaults, or with inputs as a person gives them."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DAGWRIGHT_")}
    environment.update(variables or {})
    return subprocess.run(
        [python, *ways[way], workflow, *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
