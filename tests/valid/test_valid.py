"""Correct files, written as people write them: no finding of any severity, and what they compute.

``flows`` holds one file a domain, ``projects`` a folder each. Every file's ``main`` is checked, compiled to every target, called, and run. What it
gives stands in ``results.json``, or ``null`` where a package is needed that no test installs; ``pytest --update-golden`` rewrites it.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from dagwright_compiler.config import load_settings
from dagwright_compiler.driver.compiling import check_all, compile_all
from dagwright_compiler.driver.naming import Wanted
from dagwright_compiler.driver.reading import Reading, read_project
from dagwright_compiler.driver.reporting import checked

HERE = Path(__file__).parent
FLOWS = sorted((HERE / "flows").glob("*.py"))
PROJECTS = sorted((HERE / "projects").glob("**/flow.*"))
FILES = {str(path.relative_to(HERE)): path for path in (*FLOWS, *PROJECTS)}
RESULTS = HERE / "results.json"
LEAST = 60
"""Fewer files would say little about false alarms."""
SECRETS = {"_FSEC_WAREHOUSE_LOGIN": "sesame", "_FSEC_CHAT_TOKEN": "sesame", "_FSEC_BUCKET": "sesame"}
ABSENT = {"flows/spark_events.py", "flows/vision_training.py"}
"""They import packages that are not installed: compiling needs none, a call does."""
CALL = """\
import sys
from dagwright.compat import install
install()
sys.path.insert(0, sys.argv[1])
from importlib import import_module
from dagwright.testing import answers
main = import_module(sys.argv[2]).main
with answers(ANSWERS):
    print(repr(main()))
"""
ANSWERS = {
    "flows/model_release.py": {
        **dict.fromkeys(("seed", "candidate-report", "candidate-model", "texts"), "True"),
        "candidate-limit": "0.6",
        "note-of-release": "'soon'",
        "rollout": "sys.modules['model_release'].Rollout(sys.modules['model_release'].Audience.CANARY)",
    }
}
"""What people say to files that wait for them, as Python."""
APPROVALS = {
    "flows/model_release.py": [
        *("--approve", "seed", "--approve", "candidate-report", "--approve", "candidate-model", "--approve", "texts"),
        *("--approve", "candidate-limit=0.6", "--approve", "note-of-release=soon", "--approve", 'rollout={"audience": "CANARY"}'),
    ]
}
"""The same on a command line."""


def read(name: str) -> Reading:
    """Read a file with the settings that hold for it."""
    return read_project([FILES[name]], load_settings(FILES[name].parent, environ={}, display_root=HERE), display_root=HERE)


def test_there_are_enough_files() -> None:
    assert len(FILES) >= LEAST


@pytest.fixture
def updating(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("target", [None, "argo", "batch"])
def test_a_correct_file_has_no_finding(name: str, target: str | None) -> None:
    reading = read(name)
    check_all(reading, target)
    found = checked(reading, reading.settings.check)
    told = [f"{each.code.id} line {each.span.line if each.span else 0}: {each.message}" for each in found]
    # What a target cannot do is said of that target alone, and is no mistake of the file.
    assert [line for line in told if not (target == "batch" and line.startswith("DW55"))] == []


@pytest.mark.parametrize("name", FILES)
def test_a_correct_file_compiles(name: str) -> None:
    for form in ("ir", "plan", "argo"):
        reading = read(name)
        main = next(each for each in reading.elaborated.workflows if each.endswith(".main"))
        assert len(compile_all(reading, [Wanted(FILES[name], main, name)], form).results) == 1


@pytest.mark.parametrize("name", [name for name in FILES if name not in ABSENT and name.endswith(".py")])
def test_a_correct_file_runs(name: str, tmp_path: Path, *, updating: bool) -> None:
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    folder, module = FILES[name].parent, FILES[name].stem
    while (folder / "__init__.py").exists():
        folder, module = folder.parent, f"{folder.name}.{module}"
    ran = subprocess.run(
        [sys.executable, "-c", CALL.replace("ANSWERS", _written(ANSWERS.get(name, {}))), str(folder), module],
        cwd=tmp_path,
        env={**os.environ, **SECRETS, "DAGWRIGHT_STORE": (tmp_path / "store").as_uri(), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    result = ran.stdout.splitlines()[-1]
    if updating:
        RESULTS.write_text(json.dumps({**results, name: result}, indent=2, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
    else:
        assert result == results[name]


@pytest.mark.parametrize("name", [name for name in FILES if name not in ABSENT and name.endswith(".py")])
def test_a_correct_file_runs_from_its_plan_to_the_same_value(name: str, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "dagwright_compiler.cli.main", "run", *APPROVALS.get(name, []), f"{FILES[name]}:main"],
        cwd=tmp_path,
        env={**os.environ, **SECRETS, "DAGWRIGHT_STORE": (tmp_path / "store").as_uri(), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    called = json.loads(RESULTS.read_text("utf-8"))[name]
    with suppress(ValueError):  # an instance: its fields are held to each other by tests/local
        value = ast.literal_eval(called)
        assert json.loads(ran.stdout or "null") == json.loads(json.dumps(value))


def _written(answers: dict[str, str]) -> str:
    return "{" + ", ".join(f"{name!r}: {text}" for name, text in answers.items()) + "}"


def test_every_result_belongs_to_a_file() -> None:
    assert set(json.loads(RESULTS.read_text("utf-8"))) == {name for name in FILES if name not in ABSENT and name.endswith(".py")}
