"""Every case means the same in every way of running: a Python call, ``run``, ``run --isolate``, the Batch plan on an executor of its rules."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from seeds.cases import CASES, FOLDER, FOLDERS, Case, expectations

from dagwright_compiler.config import load_settings
from dagwright_compiler.driver.compiling import check_all
from dagwright_compiler.driver.reading import read_project

DAGWRIGHT = [sys.executable, "-c", "from dagwright_compiler.cli.main import main; main()"]
WAYS = ("python", "run", "isolate", "batch")
OPTIONS = {"run": (), "isolate": ("--isolate",), "batch": ("-t", "batch", "--emulate")}


class Ended:
    def __init__(self, done, store):
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr
        entries = Path(store, "v1", "ac")
        self.entries = sorted(path.relative_to(entries).as_posix() for path in entries.rglob("*.json"))

    @property
    def value(self):
        assert self.code == 0, self.err
        return json.loads(self.out)

    @property
    def error(self):
        assert (self.code, self.out) == (1, ""), self.err
        return self.err


def go(case: Case, way: str, folder: Path, *, store: str = "") -> Ended:
    store = store or str(folder / f"store-{way}")
    inputs = folder / "inputs.json"
    inputs.write_text(json.dumps(case.inputs), "utf-8")
    if way == "python":
        command = [sys.executable, str(FOLDER / "python_call.py"), str(case.path), case.entity, str(inputs)]
    else:
        options = ["--inputs-file", str(inputs), "--max-workers", "2", *OPTIONS[way]]
        command = [*DAGWRIGHT, "run", *options, str(case.path), case.entity]
    environment = {**os.environ, "DAGWRIGHT_STORE": f"file://{store}"}
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, cwd=folder, check=False)
    return Ended(done, store)


WORKING = [case for case in CASES if case.failure is None]
FAILING = [case for case in CASES if case.failure is not None]


@pytest.mark.parametrize("case", WORKING, ids=lambda case: case.id)
def test_a_block_gives_equal_values_and_equal_keys_however_it_is_run(case, tmp_path):
    ended = {way: go(case, way, tmp_path) for way in WAYS}
    assert {way: found.value for way, found in ended.items()} == dict.fromkeys(WAYS, case.output)
    assert {way: found.entries for way, found in ended.items()} == dict.fromkeys(WAYS, ended["run"].entries)


@pytest.mark.parametrize("case", FAILING, ids=lambda case: case.id)
def test_a_block_that_cannot_work_as_printed_gives_its_pinned_message_however_it_is_run(case, tmp_path):
    for way in WAYS:
        said = go(case, way, tmp_path).error
        assert case.failure.error in said, way
        if way != "python":
            assert "dagwright_local" not in said, "frames of ours in a user's traceback"
            assert "0 run, 0 cached, 0 retried, 1 failed" in said


CACHED = [case for case in WORKING if (case.folder, case.entity) in {("caching", "wf"), ("square", "square")}]


@pytest.mark.parametrize("case", CACHED, ids=lambda case: case.id)
@pytest.mark.parametrize("first", ["python", "batch"])
def test_a_cached_block_is_found_by_every_other_way(case, first, tmp_path):
    store = str(tmp_path / "store")
    before = go(case, first, tmp_path, store=store)
    assert len(before.entries) == 1
    for way in WAYS:
        again = go(case, way, tmp_path, store=store)
        assert (again.value, again.entries) == (before.value, before.entries)
        assert way == "python" or "0 run, 1 cached, 0 retried, 0 failed" in again.err


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_findings_of_check_are_those_pinned(folder):
    path = FOLDER / folder / "input.py"
    reading = read_project([path], load_settings(path, environ={}, display_root=path.parent), display_root=path.parent)
    check_all(reading)
    found = [(item.code.id, item.span.line, item.message) for item in reading.diagnostics.sorted()]
    assert found == [(item["code"], item["line"], item["message"]) for item in expectations(folder).get("findings", [])]


def test_every_folder_is_a_case_or_has_findings_pinned():
    called = {case.folder for case in CASES}
    assert {folder for folder in FOLDERS if folder not in called} == {"square_changed", "task_config"}
    for folder in ("square_changed", "task_config"):
        assert expectations(folder)["findings"]
