"""mypy and pyright on users' files: they accept what is right and refuse what is wrong, on its line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
TYPED = sorted(path for path in EXAMPLES.rglob("*.py") if path.name != "flytekit_style.py")
"""All examples but flytekit's: their types come from a package that is not installed here."""
ROOTS = [EXAMPLES / "churn", EXAMPLES / "nightly_sales", EXAMPLES / "backtest" / "src"]
"""Where the projects among them import from."""
ACCEPTED = [HERE / "accepted.py", *TYPED]
REJECTED = HERE / "rejected.py"
BY_DESIGN = "reportUnusedExpression"
"""``a >> b`` is a statement in a workflow's body; only pyright's strict mode would have it assigned."""

Finding = tuple[Path, int, str]


@cache
def mypy() -> list[Finding]:
    options = ["--strict", "--config-file=", "--cache-dir", os.devnull, "--output", "json"]
    environment = {**os.environ, "MYPYPATH": os.pathsep.join(map(str, ROOTS))}
    shown = _run("mypy", *options, *map(str, (*ACCEPTED, REJECTED)), environment=environment)
    items = [json.loads(line) for line in shown.splitlines()]
    return [(Path(item["file"]).resolve(), item["line"], item["code"]) for item in items if item["severity"] == "error"]


@cache
def pyright() -> list[Finding]:
    shown = _run("pyright", "--outputjson", "-p", str(HERE / "pyrightconfig.json"))
    items = json.loads(shown)["generalDiagnostics"]
    return [
        (Path(item["file"]), item["range"]["start"]["line"] + 1, item.get("rule", "syntax"))
        for item in items
        if item["severity"] == "error" and item.get("rule") != BY_DESIGN
    ]


def _run(checker: str, *options: str, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run([sys.executable, "-m", checker, *options], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


def _expected(column: int) -> dict[int, str]:
    marks = re.compile(r"# E: (\S+) (\S+)$")
    lines = enumerate(REJECTED.read_text().splitlines(), 1)
    return {number: found.group(column) for number, line in lines if (found := marks.search(line))}


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_right_files_and_every_example_are_accepted(checker: object) -> None:
    assert [finding for finding in checker() if finding[0] != REJECTED] == []


@pytest.mark.parametrize(("checker", "column"), [(mypy, 1), (pyright, 2)])
def test_every_mistake_is_refused_on_its_line_and_nothing_else_is(checker: object, column: int) -> None:
    found = {line: rule for path, line, rule in checker() if path == REJECTED}
    assert found == _expected(column)
