"""The life of a run, typed as a user types it, on a live controller with Argo Server; on files and on S3."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from live_cluster import NAMESPACE, command, kubectl, toml

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
    if value == 22 and os.environ["DAGWRIGHT_ATTEMPT"] == "0":
        raise RecoverableError("once more")
    if value > 24:
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


@pytest.fixture
def dagwright(tmp_path, settings):
    """The command line in a project, and what it created taken away in the end."""
    if not os.environ.get("ARGO_SERVER"):
        pytest.fail("ARGO_SERVER names no Argo Server: see tests/live_cluster.py", pytrace=False)
    lines = [f"{name} = {toml(value)}" for name, value in settings.items()]
    (tmp_path / "pyproject.toml").write_text("\n".join(["[tool.dagwright.argo]", *lines, ""]), "utf-8")
    (tmp_path / "flow.py").write_text(SOURCE, "utf-8")
    (tmp_path / "words.txt").write_text("one two three", "utf-8")
    (tmp_path / "in.json").write_text(json.dumps({"long": [f"{{{{=1+1}}}} {number:9}" for number in range(6000)]}), "utf-8")
    submitted = []

    def run(*words, stdin=None):
        program = str(Path(sys.executable).with_name("dagwright"))
        done = subprocess.run([program, *words], cwd=tmp_path, input=stdin, capture_output=True, text=True, check=False)
        submitted.extend(re.findall(r"^dagwright: (\S+) submitted to", done.stderr, re.MULTILINE))
        submitted.extend(re.findall(r"\A((?:main|told)-\w+)\n\Z", done.stdout))
        return done

    yield run
    for name in submitted:
        kubectl("delete", "workflow", name, "--ignore-not-found", "--wait=false")


def inputs(count):
    return ("--inputs-file", "in.json", "flow.py", "--count", str(count), "--text", "words.txt", "--label", LABEL)


def test_a_run_that_succeeds(dagwright):
    done = dagwright("submit", "--watch", *inputs(4))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"words": 3, "most": 23.5}
    name = re.search(r"dagwright: (main-\S+) submitted to", done.stderr)[1]
    assert re.search(r"calibrate: .* 1 retrying", done.stderr)
    assert dagwright("outputs", name).stdout == dagwright("outputs", name, "o0").stdout == done.stdout
    assert dagwright("logs", name, "report").stdout == f"report | label is {LABEL}\n"
    assert "once more" in dagwright("logs", name, "calibrate[2]").stdout
    status = dagwright("status", name)
    assert status.returncode == 0
    assert "calibrate[4]  4 of 4 done, 1 tried again" in status.stderr
    assert name in dagwright("runs", "main").stdout
    again = dagwright("submit", "--watch", *inputs(4))
    assert "created ConfigMap main-" not in again.stderr
    assert "readings: 1 of 1 results from the cache" in again.stderr


def test_a_run_that_fails_is_replayed_mended_and_retried(dagwright, tmp_path):
    done = dagwright("submit", "--wait", *inputs(6))
    assert done.returncode == 1
    assert "✗ calibrate[5] value=25.0 failed after 1 attempt" in done.stderr
    assert "ValueError: the sensor cannot read 25.0" in done.stderr
    name = re.search(r"--only 'calibrate\[5\]' --from (\S+) flow.py", done.stderr)[1]
    failed = dagwright("run", "--only", "calibrate[5]", "--from", name, "flow.py")
    assert failed.returncode == 1
    assert "the sensor cannot read 25.0" in failed.stderr
    (tmp_path / "flow.py").write_text(SOURCE.replace("value > 24", "value > 99"), "utf-8")
    assert dagwright("run", "--only", "calibrate[5]", "--from", name, "flow.py").stdout == "25.5\n"
    retried = dagwright("retry", "--wait", name)
    assert retried.returncode == 1, "its code is that of the run"
    assert "has failed" in dagwright("outputs", name).stderr


def test_a_run_that_is_stopped_and_taken_up_again(dagwright):
    name = dagwright("submit", *inputs(4)).stdout.strip()
    assert dagwright("stop", name).returncode == 0
    ended = dagwright("status", "--wait", name)
    assert ended.returncode == 1
    assert f"{name} was stopped; `dagwright retry {name}` takes it up again" in ended.stderr
    again = dagwright("retry", "--wait", name)
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout) == {"words": 3, "most": 23.5}


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
    assert dagwright("status", "--wait", piped.stdout.strip()).stdout == '["manifest"]\n'


@pytest.mark.parametrize("settings", ["file"], indirect=True)
def test_without_argo_server_the_objects_are_applied(dagwright):
    done = dagwright("submit", "--dry-run", "flow.py", "--count", "2", "--text", "s3://bucket/words.txt", "--long", "[]")
    assert done.returncode == 0, done.stderr
    created = command("kubectl", "apply", "--server-side", "--dry-run=server", "-f", "-", stdin=done.stdout)
    assert "workflow.argoproj.io/main-" in created


@pytest.mark.parametrize("settings", ["file"], indirect=True)
def test_code_that_a_run_names_is_not_collected(dagwright):
    done = dagwright("submit", "--wait", *inputs(2))
    assert done.returncode == 0, done.stderr
    name = re.search(r"dagwright: (main-\S+) submitted", done.stderr)[1]
    digest = kubectl("get", "workflow", name, "-o", r"jsonpath={.metadata.labels.dagwright/digest}")
    collected = json.loads(dagwright("gc", "--dry-run", "--older-than", "0s", "--output-format", "json").stdout)
    assert f"main-{digest}" in collected["named"]
    assert collected["namespace"] == NAMESPACE
