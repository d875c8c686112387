"""The life of a run, typed as a user types it, on a live controller with Argo Server; on files and on S3."""

import json
import os
import re
import subprocess
import sys
import uuid
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from live_cluster import NAMESPACE, command, delete, kubectl, read, toml

pytestmark = pytest.mark.cluster

SOURCE = """\
import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dagwright import File, RecoverableError, map_task, task, workflow


@dataclass
class Report:
    words: int
    most: float


@task(cache=True, cache_version="1")
def readings(count: int) -> list[float]:
    return [20.0 + n for n in range(count)]


@task(retries=2)
def calibrate(value: float, offset: float) -> float:
    if value == 20 and os.environ["DAGWRIGHT_ATTEMPT"] == "0":
        raise RecoverableError("once more")
    if value > 21:
        raise ValueError(f"the sensor cannot read {value}")
    return value + offset


@task
def report(values: list[float], text: File, label: str, long: list[str]) -> Report:
    print("label is", label)
    assert len(long) == 6000
    return Report(len(Path(text).read_text().split()), max(values))


@workflow
def main(count: int, text: File, long: list[str], label: str = "plain", offset: float = 0.5) -> Report:
    return report(values=map_task(partial(calibrate, offset=offset))(value=readings(count=count)), text=text, label=label, long=long)
"""
LABEL = "{{workflow.name}} $(HOME) 'quoted'"


class CommandLine:
    """Our command, typed in a folder; it keeps the names of the runs that it made."""

    def __init__(self, folder):
        self.folder = folder
        self.made = []

    def __call__(self, *words, stdin=None):
        program = str(Path(sys.executable).with_name("dagwright"))
        done = subprocess.run([program, *words], cwd=self.folder, input=stdin, capture_output=True, text=True, check=False)
        self.made.extend(re.findall(r"^dagwright: (\S+) submitted to", done.stderr, re.MULTILINE))
        self.made.extend(re.findall(r"\A((?:main|told)-\w+)\n\Z", done.stdout))
        return done

    def configure(self, settings):
        lines = [f"{name} = {toml(value)}" for name, value in settings.items()]
        (self.folder / "pyproject.toml").write_text("\n".join(["[tool.dagwright.argo]", *lines, ""]), "utf-8")


@pytest.fixture
def dagwright(tmp_path, settings):
    """The command line in a project, and what it created taken away in the end."""
    if not os.environ.get("ARGO_SERVER"):
        pytest.fail("ARGO_SERVER names no Argo Server: see tests/live_cluster.py", pytrace=False)
    (tmp_path / "flow.py").write_text(SOURCE, "utf-8")
    (tmp_path / "words.txt").write_text("one two three", "utf-8")
    (tmp_path / "in.json").write_text(json.dumps({"long": [f"{{{{=1+1}}}} {number:9}" for number in range(6000)]}), "utf-8")
    typed = CommandLine(tmp_path)
    typed.configure(settings)
    yield typed
    delete("workflow", *typed.made)


def inputs(count):
    return ("--inputs-file", "in.json", "flow.py", "--count", str(count), "--text", "words.txt", "--label", LABEL)


def named_in(stderr):
    return re.search(r"dagwright: (\S+) submitted to", stderr)[1]


def test_a_run_that_succeeds(dagwright):
    done = dagwright("submit", "--watch", *inputs(2))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"words": 3, "most": 21.5}
    name = named_in(done.stderr)
    assert re.search(r"calibrate: .* 1 retrying", done.stderr)
    assert dagwright("outputs", name).stdout == dagwright("outputs", name, "o0").stdout == done.stdout
    assert dagwright("logs", name, "report").stdout == f"report | label is {LABEL}\n"
    assert "once more" in dagwright("logs", name, "calibrate[0]").stdout
    status = dagwright("status", name)
    assert status.returncode == 0
    assert "calibrate[2]  2 of 2 done, 1 tried again" in status.stderr
    assert name in dagwright("runs", "main").stdout
    assert len(json.loads(dagwright("runs", "--limit", "1", "--output-format", "json").stdout)) == 1
    again = dagwright("submit", "--watch", *inputs(2))
    assert "created ConfigMap main-" not in again.stderr
    assert "readings: 1 of 1 results from the cache" in again.stderr
    # Its code is in use, however old.
    digest = read("workflow", name)["metadata"]["labels"]["dagwright/digest"]
    collected = json.loads(dagwright("gc", "--dry-run", "--older-than", "0s", "--output-format", "json").stdout)
    assert f"main-{digest}" in collected["named"]
    assert collected["namespace"] == NAMESPACE


def test_a_run_that_fails_is_replayed_mended_and_retried(dagwright, tmp_path):
    done = dagwright("submit", "--wait", *inputs(3))
    assert done.returncode == 1
    assert "✗ calibrate[2] value=22.0 failed after 1 attempt" in done.stderr
    assert "ValueError: the sensor cannot read 22.0" in done.stderr
    name = re.search(r"--only 'calibrate\[2\]' --from (\S+) flow.py", done.stderr)[1]
    failed = dagwright("run", "--only", "calibrate[2]", "--from", name, "flow.py")
    assert failed.returncode == 1
    assert "the sensor cannot read 22.0" in failed.stderr
    (tmp_path / "flow.py").write_text(SOURCE.replace("value > 21", "value > 99"), "utf-8")
    assert dagwright("run", "--only", "calibrate[2]", "--from", name, "flow.py").stdout == "22.5\n"
    retried = dagwright("retry", "--wait", name)
    assert retried.returncode == 1, "its code is that of the run"
    assert "has failed" in dagwright("outputs", name).stderr


def test_a_run_that_is_stopped_and_taken_up_again(dagwright):
    name = dagwright("submit", *inputs(2)).stdout.strip()
    assert dagwright("stop", name).returncode == 0
    ended = dagwright("status", "--wait", name)
    assert ended.returncode == 1
    assert f"{name} was stopped; `dagwright retry {name}` takes it up again" in ended.stderr
    again = dagwright("retry", "--wait", name)
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout) == {"words": 3, "most": 21.5}


TOLD = """\
from dagwright import task, workflow


@task
def tell(name: str, times: int) -> list[str]:
    print("telling", name)
    return [name] * times


@workflow
def told(name: str, times: int = 2) -> list[str]:
    return tell(name=name, times=times)
"""


def test_what_was_compiled_before_and_what_comes_from_a_pipe(dagwright, tmp_path):
    (tmp_path / "told.py").write_text(TOLD, "utf-8")
    assert dagwright("compile", "told.py", "-o", "told.yaml").returncode == 0
    first = dagwright("submit", "--name-only", "told.yaml:told", "--name", LABEL)
    assert (first.returncode, first.stderr) == (0, "")
    piped = dagwright("submit", "-", "--name", "manifest", "--times", "1", stdin=(tmp_path / "told.yaml").read_text("utf-8"))
    assert piped.returncode == 0, piped.stderr
    logged = dagwright("submit", "--log", "-", "--name", "python", stdin=TOLD)
    assert (logged.returncode, logged.stdout) == (0, 'tell | telling python\n["python", "python"]\n'), logged.stderr
    assert dagwright("logs", "-f", first.stdout.strip()).stdout == f"tell | telling {LABEL}\n"
    assert json.loads(dagwright("status", "--wait", first.stdout.strip()).stdout) == [LABEL, LABEL]
    assert dagwright("status", "--watch", piped.stdout.strip()).stdout == '["manifest"]\n'


def test_without_argo_server_the_objects_are_applied(dagwright, tmp_path):
    (tmp_path / "told.py").write_text(TOLD, "utf-8")
    printed = dagwright("submit", "--dry-run", "told.py", "--name", LABEL)
    assert printed.returncode == 0, printed.stderr
    name = list(yaml.load_all(printed.stdout, yaml.CSafeLoader))[-1]["metadata"]["name"]
    dagwright.made.append(name)
    kubectl("apply", "--server-side", "-f", "-", stdin=printed.stdout)
    stored = dagwright("submit", "--dry-run", "flow.py", "--count", "2", "--text", "s3://bucket/words.txt", "--long", "[]")
    assert stored.returncode == 0, stored.stderr
    assert "workflow.argoproj.io/main-" in kubectl("apply", "--server-side", "--dry-run=server", "-f", "-", stdin=stored.stdout)
    assert json.loads(dagwright("status", "--wait", name).stdout) == [LABEL, LABEL]


TABLES = """\
import polars as pl

from dagwright import task, workflow


@task
def total(orders: pl.DataFrame) -> int:
    return int(orders["amount"].sum())


@workflow
def tables(orders: pl.DataFrame) -> int:
    return total(orders=orders)
"""


def test_a_frame_goes_to_the_store_that_the_command_names(dagwright, settings, tmp_path):
    (tmp_path / "orders.csv").write_text("amount\n1\n20\n300\n", "utf-8")
    (tmp_path / "tables.py").write_text(TABLES, "utf-8")
    store = f"{settings['store']}/named"
    words = ("submit", "--wait", "-n", NAMESPACE, "--store", store, "tables.py:tables", "--orders", "orders.csv")
    dagwright.configure({**settings, **with_polars(settings)})
    done = dagwright(*words)
    assert (done.returncode, done.stdout) == (0, "321\n"), done.stderr
    assert dagwright("outputs", "-n", NAMESPACE, named_in(done.stderr)).stdout == "321\n"


def with_polars(settings):
    """Settings of pods that find the polars of this machine, which runs on any Python: the images have bare ones."""
    folders = [Path(find_spec(name).origin).parent for name in ("polars", "_polars_runtime_32")]
    mounted = [
        {"name": f"library-{number}", "mount_path": f"/libraries/{folder.name}", "host_path": str(folder)}
        for number, folder in enumerate(folders)
    ]
    return {
        "volumes": [*settings["volumes"], *mounted],
        "env": {**settings.get("env", {}), "PYTHONPATH": "/libraries"},
        "memory": "256Mi",
    }


@pytest.fixture
def namespace():
    """A namespace without a controller: nothing runs there."""
    name = f"collected-{uuid.uuid4().hex[:6]}"
    kubectl("create", "namespace", name)
    yield name
    kubectl("delete", "namespace", name, "--wait=false")


def test_code_that_nothing_names_is_collected(dagwright, settings, namespace, tmp_path):
    (tmp_path / "told.py").write_text(TOLD, "utf-8")
    dagwright.configure({**settings, "bundle": "store"})  # the runtime is a ConfigMap, the code is in the store
    compiled = dagwright("compile", "-n", namespace, "told.py").stdout
    command("kubectl", "apply", "--server-side", "-f", "-", stdin=compiled)
    assert "published told.told" in dagwright("publish", "told.py").stdout
    words = ("gc", "-n", namespace, "--older-than", "0s", "--store", settings["store"], "--output-format", "json")

    def collected(*more):
        found = json.loads(dagwright(*words, *more).stdout)
        return found["removed"], found["named"], found["bundles"]["removed"], found["bundles"]["named"]

    removed, named, bundles, bundles_named = collected()
    assert (removed, bundles) == ([], [])
    assert (len(named), len(bundles_named)) == (1, 1)
    command("kubectl", "-n", namespace, "delete", "workflowtemplate", "told")
    assert collected("--dry-run") == (named, [], bundles_named, [])
    assert collected() == (named, [], bundles_named, [])
    left = ("-n", namespace, "get", "configmap", "-l", "app.kubernetes.io/managed-by=dagwright", "-o", "name")
    assert command("kubectl", *left) == ""
    assert dagwright("publish", "--check", "told.py").returncode == 1
