"""One task of a run again on this machine: with its inputs, with the code as it is now, and without a trace in that run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from argo_server_double import argo_double

FLOW = """\
from dataclasses import dataclass
from pathlib import Path

from dagwright import File, map_task, task, workflow


@dataclass
class Row:
    n: int
    name: str


@task
def numbers(count: int) -> list[int]:
    return list(range(count))


@task
def row(n: int) -> Row:
    print(f"one row: {n}")
    return Row(n, f"row {n}")


@task
def page(rows: list[Row], text: File) -> File:
    path = Path("page.txt")
    path.write_text(Path(text).read_text() + "".join(row.name for row in rows))
    return File(path)


@task
def words(of: File, least: int) -> int:
    found = len(Path(of).read_text().split())
    if found < least:
        raise ValueError(f"{found} words are too few")
    return found


@workflow
def main(count: int, text: File, least: int = 1) -> int:
    return words(of=page(rows=map_task(row)(n=numbers(count=count)), text=text), least=least)


@workflow
def other_one(count: int) -> list[int]:
    return numbers(count=count)
"""
SCHEDULED = "other-one-nightly-1795276800"
COMMAND = str(Path(sys.executable).with_name("dagwright"))


@pytest.fixture(scope="module", params=[500, 2], ids=["one a pod", "several a pod"])
def project(request, tmp_path_factory):
    """A run's values in a store, and a server that knows the run."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "pyproject.toml").write_text(f"[tool.dagwright]\nmap_pods = {request.param}\n", "utf-8")
    (folder / "flow.py").write_text(FLOW, "utf-8")
    (folder / "text.txt").write_text("some words ", "utf-8")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DAGWRIGHT_", "ARGO_"))}
    environment = {**inherited, "DAGWRIGHT_STORE": f"file://{folder}/store"}
    command = [COMMAND, "run", "flow.py:main", "--count", "3", "--text", "text.txt"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "6\n", done.stderr
    (run,) = (folder / "store/v1/run").iterdir()
    document = json.loads((run / "page/attempt-0000.json").read_text())
    (digest,) = document["needs"]
    given = {"count": "3", "least": "1", "text": json.dumps({"$blob": digest, "size": 11, "enc": "file", "name": "text.txt"})}
    with argo_double() as double:
        double.add(
            {
                "metadata": {
                    "name": "main-x7k2q",
                    "namespace": "argo",
                    "uid": run.name,
                    "annotations": {"dagwright/entry": "flow.main"},
                    "creationTimestamp": "2026-11-21T11:00:00Z",
                },
                "spec": {
                    "arguments": {"parameters": [{"name": name, "value": text} for name, text in given.items()]},
                    "templates": [
                        {"name": "row", "container": {"env": [{"name": "DAGWRIGHT_STORE", "value": f"file://{folder}/store"}]}}
                    ],
                },
                "status": {"phase": "Failed"},
            }
        )
        double.add(
            {
                "metadata": {
                    "name": SCHEDULED,
                    "namespace": "argo",
                    "uid": "scheduled",
                    "labels": {"dagwright/workflow": "other-one"},
                    "creationTimestamp": "2026-11-21T11:00:00Z",
                },
                "spec": {
                    "arguments": {"parameters": [{"name": "count", "value": "2"}]},
                    "workflowTemplateRef": {"name": "other-one"},
                },
                "status": {
                    "phase": "Failed",
                    "storedWorkflowTemplateSpec": {
                        "templates": [
                            {
                                "container": {"env": [{"name": "DAGWRIGHT_STORE", "value": f"file://{folder}/store"}]},
                                "name": "numbers",
                            }
                        ]
                    },
                },
            }
        )
        yield folder, {**inherited, **double.environment()}, run


def replay(project, only: str, *words: str, file: str = "flow.py", of: str = "main-x7k2q") -> subprocess.CompletedProcess[str]:
    folder, environment, _ = project
    command = [COMMAND, "run", "--only", only, "--from", of, file, *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def traces(run: Path) -> dict[str, bytes]:
    return {str(path.relative_to(run)): path.read_bytes() for path in run.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("only", "expected"), [("numbers", [0, 1, 2]), ("row[2]", {"n": 2, "name": "row 2"}), ("words", 6)])
def test_a_task_has_the_inputs_that_it_had_there(project, only, expected):
    before = traces(project[2])
    done = replay(project, only)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == expected
    assert f"{only} succeeded here, with its inputs of main-x7k2q" in done.stderr
    assert traces(project[2]) == before


def test_a_run_of_a_deployed_template_knows_the_name_of_that_alone(project):
    done = replay(project, "numbers", of=SCHEDULED)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [0, 1]


def test_an_element_runs_without_those_that_shared_its_pod(project):
    done = replay(project, "row[1]")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"n": 1, "name": "row 1"}
    assert [line for line in done.stderr.splitlines() if "one row" in line] == ["row[1] | one row: 1"]


def test_a_task_that_reads_a_map_and_a_file(project):
    done = replay(project, "page")
    assert done.returncode == 0, done.stderr
    page = Path(json.loads(done.stdout).removeprefix("file://"))
    assert page.read_text() == "some words row 0row 1row 2"


def test_the_code_is_that_of_the_file_as_it_is_now(project):
    folder = project[0]
    (folder / "flow2.py").write_text(FLOW.replace('f"row {n}"', '"mended"').replace("if found < least", "if found < 99"), "utf-8")
    assert json.loads(replay(project, "row[0]", file="flow2.py").stdout)["name"] == "mended"
    failed = replay(project, "words", file="flow2.py")
    assert failed.returncode == 1
    assert "ValueError: 6 words are too few" in failed.stderr
    assert failed.stdout == ""


@pytest.mark.parametrize(
    ("only", "said"),
    [
        ("word", "flow.main has no node word; did you mean `words`?"),
        ("row", "row is a map: say which of its elements, as in row[0]"),
        ("words[1]", "words is no map: leave [1] out"),
        ("row[3]", "row has 3 elements, from 0 to 2; there is no [3]"),
    ],
)
def test_what_cannot_be_replayed(project, only, said):
    done = replay(project, only)
    assert done.returncode == 2
    assert done.stderr == f"Error: {said}\n"


def test_a_value_that_is_not_there(project, tmp_path):
    run = project[2]
    (run / "numbers").rename(tmp_path / "numbers")
    try:
        done = replay(project, "row[0]")
    finally:
        (tmp_path / "numbers").rename(run / "numbers")
    assert done.returncode == 2
    assert "row reads numbers, which has left no value in" in done.stderr


def test_options_that_do_not_go_together(project):
    assert "leave --count out" in replay(project, "row[0]", "--count", "3").stderr
    done = subprocess.run([COMMAND, "run", "--only", "x", "flow.py"], cwd=project[0], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--only and --from go together" in done.stderr
