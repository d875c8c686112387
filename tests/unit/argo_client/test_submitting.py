"""A submit makes one run, whatever becomes of requests, answers and processes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from argo_server_double import CUT, CUT_BEFORE, argo_double
from kubectl_double import KubectlDouble

from dagwright.cache.blobs import blob_key
from dagwright.contract.keys import sha256_hex
from dagwright.store import open_store

FLOW = """\
from pathlib import Path

from dagwright import File, task, workflow


@task
def count(text: File, names: list[str], label: str) -> int:
    return len(Path(text).read_text().split()) + len(names)


@workflow
def main(text: File, names: list[str], label: str = "plain") -> int:
    return count(text=text, names=names, label=label)


@task
def twice(n: int) -> int:
    return 2 * n


@workflow
def small(n: int, label: str = "x") -> int:
    return twice(n=n)
"""


@pytest.fixture
def argo():
    with argo_double() as double:
        yield double


@pytest.fixture
def project(tmp_path, argo):
    """A project, and a ``kubectl`` whose cluster is a folder."""
    (tmp_path / "flow.py").write_text(FLOW, "utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.dagwright]\n", "utf-8")
    (tmp_path / "words.txt").write_text("one two three", "utf-8")
    return Project(tmp_path, argo)


class Project:
    def __init__(self, folder: Path, argo) -> None:
        self.folder = folder
        self.store = f"file://{folder}/store"
        self.kubectl = KubectlDouble(folder)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DAGWRIGHT_", "ARGO_"))}
        self.environment = {
            **inherited,
            **argo.environment(),
            "DAGWRIGHT_STORE": self.store,
            "PATH": f"{self.kubectl.programs}:/usr/bin:/bin",
        }
        self.command = str(Path(sys.executable).with_name("dagwright"))

    def submit(self, *words: str, stdin: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run("submit", *words, stdin=stdin, **environment)

    def run(self, *words: str, stdin: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.command, *words],
            cwd=self.folder,
            env={**self.environment, **environment},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def notes(self) -> list[Path]:
        folder = self.folder / ".dagwright/submits"
        return [path for path in folder.iterdir() if path.suffix == ".json"] if folder.exists() else []


def names_of(argo) -> list[str]:
    return [name for _, name in argo.workflows]


def parameters_of(argo) -> dict[str, str]:
    (workflow,) = argo.workflows.values()
    return {item["name"]: item.get("value") for item in workflow["spec"]["arguments"]["parameters"]}


def test_a_file_its_inputs_and_its_code(project, argo):
    done = project.submit("flow.py:main", "--text", "words.txt", "--names", '["a", "{{=1+1}}"]', "--label", "{{workflow.name}}")
    assert done.returncode == 0, done.stderr
    (name,) = names_of(argo)
    assert done.stdout == f"{name}\n"
    assert re.fullmatch(r"main-[b-z2-9]{6}", name)
    parameters = parameters_of(argo)
    assert "{{" not in json.dumps(parameters)
    assert json.loads(parameters["names"]) == ["a", "{{=1+1}}"]
    assert json.loads(parameters["label"]) == "{{workflow.name}}"
    digest = sha256_hex(b"one two three")
    assert json.loads(parameters["text"]) == {"$blob": digest, "size": 13, "enc": "file", "name": "words.txt"}
    store = open_store(project.store)
    assert store.get(blob_key(digest)) == b"one two three"
    (workflow,) = argo.workflows.values()
    mounted = {
        volume["configMap"]["name"]
        for item in workflow["spec"]["templates"]
        for volume in item.get("volumes", ())
        if "configMap" in volume
    }
    assert mounted <= project.kubectl.config_maps.keys()
    assert workflow["metadata"]["labels"]["dagwright/workflow"] == "main"
    assert store.get(f"v1/run/{workflow['metadata']['uid']}/plan.json").startswith(b'{"schema"')
    assert project.notes == []


def test_inputs_are_checked_before_anything_is_sent(project, argo):
    for words in (["flow.py:small", "--n", "x"], ["flow.py:small"], ["flow.py:small", "--n", "1", "--m", "2"]):
        done = project.submit(*words)
        assert done.returncode == 2
        assert "Error: " in done.stderr
    assert argo.requests == []
    assert not (project.folder / "store").exists()


def test_long_inputs_go_to_the_store(project, argo):
    names = json.dumps([f"name {number}" for number in range(6000)])
    (project.folder / "in.json").write_text(f'{{"names": {names}}}', "utf-8")
    done = project.submit("--inputs-file", "in.json", "flow.py:main", "--text", "words.txt")
    assert done.returncode == 0, done.stderr
    reference = json.loads(parameters_of(argo)["names"])
    assert reference["len"] == 6000
    assert json.loads(open_store(project.store).get(blob_key(reference["$ref"]))) == json.loads(names)


def test_what_was_compiled_can_be_submitted_too(project, argo):
    compiled = subprocess.run(
        [project.command, "compile", "flow.py"],
        cwd=project.folder,
        env=project.environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (project.folder / "flow.yaml").write_text(compiled, "utf-8")
    assert project.submit("flow.yaml:small", "--n", "3").returncode == 0
    done = project.submit("-", "small", "--n", "3", stdin=compiled)
    assert done.returncode == 0, done.stderr
    first, second = argo.workflows.values()
    assert first["spec"] == second["spec"]
    assert project.submit("flow.yaml", "--n", "3").stderr.endswith(
        "it holds several workflows: main, small; name one behind a colon\n"
    )
    assert "--n" in project.submit("flow.yaml:small", "--help").stdout
    python = project.submit("-", "small", "--n", "3", stdin=FLOW)
    assert python.returncode == 0, python.stderr


def test_a_file_of_a_folder_needs_the_runtime_to_be_there(project, argo):
    command = [project.command, "compile", "-o", "out/", "flow.py"]
    subprocess.run(command, cwd=project.folder, env=project.environment, capture_output=True, check=True)
    done = project.submit("out/flow.small.yaml", "--n", "3")
    assert done.returncode == 2
    assert "argo lacks the ConfigMap dagwright-runtime-" in done.stderr
    assert argo.workflows == {}
    assert project.submit("flow.py:small", "--n", "1").returncode == 0
    assert project.submit("out/flow.small.yaml", "--n", "3").returncode == 0


def test_code_that_is_there_is_not_created_again(project, argo):
    assert "created ConfigMap" in project.submit("flow.py:small", "--n", "1").stderr
    assert not any("dagwright/used" in json.dumps(item) for item in project.kubectl.config_maps.values())
    assert "created ConfigMap" not in project.submit("flow.py:small", "--n", "1").stderr
    assert all("dagwright/used" in item["metadata"]["annotations"] for item in project.kubectl.config_maps.values())
    assert len(argo.workflows) == 2, "who asks twice gets two runs"


def test_who_may_not_mark_code_as_used_may_submit_all_the_same(project, argo):
    project.submit("flow.py:small", "--n", "1")
    (project.kubectl.cluster / "forbidden").write_text("annotate", "utf-8")
    done = project.submit("flow.py:small", "--n", "2")
    assert done.returncode == 0, done.stderr
    assert "cannot be marked as used" in done.stderr
    (project.kubectl.cluster / "forbidden").write_text("create", "utf-8")
    for path in (project.kubectl.cluster / "configmaps").iterdir():
        path.unlink()
    refused = project.submit("flow.py:small", "--n", "3")
    assert refused.returncode == 2
    assert "me has not the right to create configmaps in the namespace argo (403)" in refused.stderr
    assert len(argo.workflows) == 2


def test_a_deployed_template_of_the_same_code_makes_kubectl_needless(project, argo):
    done = project.submit("--dry-run", "flow.py:small", "--n", "1")
    workflow = json.loads(done.stdout.split("---\n")[-1])
    argo.templates["argo", "small"] = {"metadata": {"name": "small"}, "spec": workflow["spec"]}
    assert project.submit("flow.py:small", "--n", "1", PATH="/nowhere").returncode == 0
    argo.templates.clear()
    done = project.submit("flow.py:small", "--n", "1", PATH="/nowhere")
    assert done.returncode == 2
    assert "may lack the code of small" in done.stderr
    assert "there is no kubectl here" in done.stderr


def test_a_kubectl_of_another_cluster_is_told(project, argo):
    done = project.submit("flow.py:small", "--n", "1")
    assert "kubectl does not know small-" in done.stderr, "the double's two clusters are two"
    assert done.returncode == 0
    (project.kubectl.cluster / "forbidden").write_text("get workflow", "utf-8")
    assert "does not know" not in project.submit("flow.py:small", "--n", "1").stderr
    (project.kubectl.cluster / "forbidden").unlink()
    argo.uid = "u-1"
    argo.on_create = lambda name: project.kubectl.add("workflows.argoproj.io", name, uid="u-1")
    assert "does not know" not in project.submit("flow.py:small", "--n", "1").stderr


def test_a_dry_run_touches_nothing(project, argo):
    done = project.submit("--dry-run", "flow.py:main", "--text", "words.txt", "--names", "[]")
    assert done.returncode == 0
    assert [json.loads(text)["kind"] for text in done.stdout.split("---\n")[1:]] == ["ConfigMap", "ConfigMap", "Workflow"]
    assert "a dry run stores nothing" in done.stderr
    assert argo.requests == []
    assert not (project.folder / "store").exists()


@pytest.mark.parametrize(
    ("status", "times"), [(CUT, 1), (CUT_BEFORE, 1), (CUT_BEFORE, 2), (503, 1), (503, 2), (429, 2), (500, 1)]
)
def test_a_lost_answer_makes_one_run(project, argo, status, times):
    argo.fail("POST", status, "trouble", times=times)
    done = project.submit("flow.py:small", "--n", "1")
    if status == 500:
        assert done.returncode == 2
        assert names_of(argo) == []
    else:
        assert done.returncode == 0, done.stderr
        assert names_of(argo) == [done.stdout.strip()]
    assert project.notes == []


def test_a_submit_that_died_half_way_is_found_by_the_next_one(project, argo):
    argo.fail("POST", CUT, times=1)
    argo.fail("GET /api/v1/workflows/", CUT, times=9)
    done = project.submit("flow.py:small", "--n", "1")
    assert done.returncode == 2
    assert "whether the run small-" in done.stderr
    assert "give the same command again" in done.stderr
    (name,) = names_of(argo)
    assert len(project.notes) == 1
    argo._failures.clear()
    other = project.submit("flow.py:small", "--n", "2")
    assert other.stdout.strip() != name, "another request is another run"
    again = project.submit("flow.py:small", "--n", "1")
    assert again.stdout.strip() == name
    assert "was submitted before" in again.stderr
    assert project.notes == []
    assert project.submit("flow.py:small", "--n", "1").stdout.strip() != name, "and after that it is a new request"


def test_a_process_that_is_killed_before_the_answer_makes_no_second_run(project, argo):
    argo.delay_s = 5.0
    command = [project.command, "submit", "flow.py:small", "--n", "1"]
    process = subprocess.Popen(
        command, cwd=project.folder, env=project.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while not argo.workflows and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    argo.delay_s = 0.0
    (name,) = names_of(argo)
    assert project.submit("flow.py:small", "--n", "1").stdout.strip() == name
    assert names_of(argo) == [name]


def test_two_that_ask_at_the_same_time_get_a_run_each(project, argo):
    argo.delay_s = 0.5
    command = [project.command, "submit", "flow.py:small", "--n", "1"]
    both = [
        subprocess.Popen(
            command, cwd=project.folder, env=project.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        for _ in range(2)
    ]
    told = {process.communicate()[0].strip() for process in both}
    assert len(told) == 2
    assert set(names_of(argo)) == told


def test_a_name_that_somebody_else_has_is_not_taken(project, argo, monkeypatch):
    argo.taken = 1
    done = project.submit("flow.py:small", "--n", "1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in names_of(argo)
    assert len(argo.workflows) == 2


def test_without_a_server_or_a_store_the_message_says_what_to_set(project, argo):
    del project.environment["ARGO_SERVER"]
    done = project.submit("flow.py:small", "--n", "1")
    assert done.returncode == 2
    assert (
        "ARGO_SERVER is not set; set it to Argo Server's host:port; without a server: `dagwright submit --dry-run" in done.stderr
    )
    looked = project.run("runs")
    assert (looked.returncode, looked.stderr) == (2, "Error: ARGO_SERVER is not set; set it to Argo Server's host:port\n")
    del project.environment["DAGWRIGHT_STORE"]
    assert "the run needs a store that its pods reach" in project.submit("flow.py:small", "--n", "1").stderr
    assert project.submit("--dry-run", "--wait", "flow.py:small", "--n", "1").returncode == 2
