"""Every example runs as its first lines say, alike on every way of running, and compiles to both targets without any package of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from example_runs import EXAMPLES, RUNS, Example, comparable

PRINTED = {
    "churn/flow.py": "Grace: 0.575\nLinus: 0.35\n",
    "flaky_source.py": "270.0\n",
    "letter_index.py": (
        "father: april.txt, june.txt\nharbour: april.txt, june.txt\nhorses: april.txt, june.txt\n"
        "merchant: april.txt, june.txt\nmost alike: april.txt and june.txt (0.5)\n"
    ),
    "log_anomalies.py": (
        "126 lines read\n2026-11-20T10:03 web-1: 5 errors, usually 0\n2026-11-20T10:05 web-3: 5 errors, usually 0\n"
    ),
    "orders_etl.py": "FR: 2 orders, 200.10\nDE: 1 orders, 39.90\nSE: 1 orders, 15.50\n",
    "portfolio_risk.py": "bonds: 39,348\nshares: 61,052\nall: 100,400\n",
    "read_qc.py": "3 reads kept, 1 dropped, GC content 0.475\n",
    "reconciliation.py": "amounts differ: ACME-18 -0.01\nnot at the bank: ACME-19 -99.00\nnot in the ledger: FEE -4.90\n",
    "satellite_tiles.py": "33VXC: -0.0227, 17 green pixels\n33VWC: -0.0431, 16 green pixels\n",
    "sensor_calibration.py": "3 sensors, mean 20.508, broken: [2]\n",
    "survey_weights.py": "yes: 60.0% of the answers, 60.6% weighted\n",
    "thumbnails.py": (
        "index.html moon-4.pgm steps-4.pgm\nP2\n4 4\n255\n16 48 80 112\n48 80 112 144\n80 112 144 176\n112 144 176 208\n"
    ),
    "tune.py": "rate 0.1, 100 steps: loss 0.0221\n",
    "word_count.py": "[('it', 10), ('of', 10), ('the', 10)]\n",
}
FLYTEKIT = "flytekit_style.py"
CONFIGURED = """\
store = "s3://bucket/flows"
[batch]
queue = "flows"
image = "python:3.12"
"""
REPORT = "Summary(mean=8.37, spread=1.02)\n"
WAYS = {"run": [], "isolate": ["--isolate"], "batch": ["-t", "batch", "--emulate"]}
CALL = """\
import json, os, sys
from importlib import import_module
from dagwright.cache.blobs import publish_blobs
from dagwright.compat import install
from dagwright.contract.names import blob_key
from dagwright.contract.types import parse
from dagwright.execution.input_text import parse_input
from dagwright.execution.plan_view import ProgramView
from dagwright.files.access import MachineAccess, StoreAccess
from dagwright.store import open_store
from dagwright.values import Codec
install()
program = ProgramView(json.loads(sys.stdin.read()))
module, _, workflow = program.workflow.rpartition(".")
here = Codec(program.classes, files=MachineAccess())
words = {name[2:].replace("-", "_"): text for name, text in zip(sys.argv[1::2], sys.argv[2::2])}
inputs = {name: parse_input(here, program.inputs[name], text) for name, text in words.items()}
result = getattr(import_module(module), workflow)(**inputs)
store = open_store(os.environ["DAGWRIGHT_STORE"])
there = Codec(program.classes, files=StoreAccess(store))
shown = {}
for output, value in zip(program.outputs, result if program.returns in ("namedtuple", "tuple") else [result]):
    declared, blobs = parse(output["type"]), {}
    wire = here.encode(here.normalise(value, declared), declared, blobs)
    publish_blobs(store, blobs)
    shown[output["name"]] = there.to_user(there.decode(wire, declared, lambda digest: store.get(blob_key(digest))), declared)
values = list(shown.values())
print(json.dumps(shown if program.returns == "namedtuple" else values if program.returns == "tuple" else values[0]))
"""
"""A script of a person, as far as a test can write one for every workflow: it prints what the call gives as ``run`` does."""


def run(*command: str, folder: Path, stdin: str | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DAGWRIGHT_STORE": (folder / "store").as_uri(), **variables}
    words = [sys.executable, *command]
    return subprocess.run(words, cwd=folder, env=environment, input=stdin, capture_output=True, text=True, check=False)


def dagwright(*words: str, folder: Path, **variables: str) -> str:
    done = run("-m", "dagwright_compiler.cli.main", *words, folder=folder, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


def project(example: Example, folder: Path) -> Path:
    """A copy of the example's project."""
    return shutil.copytree(
        EXAMPLES / example.folder, folder / "project", ignore=shutil.ignore_patterns("__pycache__", ".dagwright")
    )


def called(example: Example, folder: Path) -> str:
    """What Python's own call of the workflow gives, as JSON; of a notebook, what a call in its script would give."""
    here = project(example, folder)
    source = here / example.source
    if source.suffix == ".ipynb":
        script = source.with_suffix(".py")
        cells = json.loads(source.read_text("utf-8"))["cells"]
        script.write_text("\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"), "utf-8")
        source.unlink()
        source = script
    program = dagwright("compile", "-t", "ir", f"{source.relative_to(here)}:{example.workflow}", folder=here)
    root = source.parent
    while (root / "__init__.py").exists():
        root = root.parent
    done = run("-c", CALL, *example.inputs, folder=here, stdin=program, **{**example.variables, "PYTHONPATH": str(root)})
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_example_is_listed_here() -> None:
    runnable = {path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*.py") if "__main__" in path.read_text()}
    assert runnable == {*PRINTED, FLYTEKIT}
    listed = {f"{example.folder}/{example.source}".removeprefix("./") for example in RUNS}
    flows = {path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*") if path.suffix in (".py", ".ipynb")}
    assert {path for path in flows if "@workflow" in (EXAMPLES / path).read_text()} == listed


def test_the_page_of_examples_lists_them_and_shows_what_the_session_types() -> None:
    page = (EXAMPLES.parent / "docs" / "examples.md").read_text("utf-8")
    listed = re.findall(r"^\| `([^`]+?)/?` \|", page, re.MULTILINE)
    assert sorted(listed) == sorted(example.source if example.folder == "." else example.folder for example in RUNS)
    session = (EXAMPLES / "session.sh").read_text("utf-8").replace("\\$", "$")
    typed = [line.removeprefix("$ ") for line in page.splitlines() if line.startswith("$ ")]
    assert len(typed) > 10
    assert [line for line in typed if line not in session] == []


@pytest.mark.parametrize("name", PRINTED)
def test_an_example_runs_as_a_script(name: str, tmp_path: Path) -> None:
    done = run(str(EXAMPLES / name), folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, PRINTED[name]), done.stderr


def test_the_file_of_flytekit_runs_where_flytekit_is_absent(tmp_path: Path) -> None:
    done = run("-m", "dagwright", str(EXAMPLES / FLYTEKIT), folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, REPORT), done.stderr


@pytest.mark.parametrize("example", RUNS, ids=lambda example: example.name)
def test_an_example_gives_the_same_on_every_way_of_running(example: Example, tmp_path: Path) -> None:
    first = comparable(json.loads(called(example, tmp_path)))
    here = tmp_path / "project"
    shutil.rmtree(here)
    project(example, tmp_path)
    for way, words in WAYS.items():
        store = (tmp_path / way).as_uri()
        given = dagwright("run", *words, example.target, *example.inputs, folder=here, DAGWRIGHT_STORE=store, **example.variables)
        assert comparable(json.loads(given)) == first, way


@pytest.mark.parametrize("target", ["argo", "batch"])
@pytest.mark.parametrize("example", RUNS, ids=lambda example: example.name)
def test_an_example_compiles_without_a_finding(example: Example, target: str, tmp_path: Path) -> None:
    here = project(example, tmp_path)
    if not (here / "pyproject.toml").exists():
        (here / "dagwright.toml").write_text(CONFIGURED)
    done = run("-m", "dagwright_compiler.cli.main", "compile", example.source, "-t", target, folder=here)
    assert (done.returncode, done.stderr) == (0, "")
    kinds = {line.removeprefix("kind: ") for line in done.stdout.splitlines() if line.startswith("kind: ")}
    assert kinds - {"CronWorkflow"} == ({"ConfigMap", "WorkflowTemplate"} if target == "argo" else {"BatchPlan"})
