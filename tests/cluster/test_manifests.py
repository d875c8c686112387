"""What ``compile`` makes besides a template, applied as a platform team applies it: schedules from a folder, one run by name, a graph of 1,000 calls."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from live_cluster import DAGWRIGHT, NAMESPACE, command, delete_labelled, kubectl, labelled

pytestmark = pytest.mark.cluster

HOSTILE = "{{workflow.name}} {{=1+1}} $(HOME) 'q' \"é🔥 {{tasks.x"
SOURCE = """\
from datetime import datetime

from dagwright import task, workflow


@task
def told(day: datetime, name: str, n: int) -> str:
    return f"{day.isoformat()} {name} {n}"


@workflow
def NAME(day: datetime, name: str = "a", n: int = 2) -> str:
    return told(day=day, name=name, n=n)
"""
_WAIT_S = 400


@pytest.fixture
def project(tmp_path, argo):
    """A project with a workflow of a name of its own; everything labelled with it is deleted in the end."""
    name = f"wf{uuid.uuid4().hex[:8]}"
    volume = argo["volumes"][0]
    (tmp_path / "pyproject.toml").write_text(
        f"""[tool.dagwright]
store = {json.dumps(argo["store"])}
[tool.dagwright.argo]
image = {json.dumps(argo["image"])}
cpu = "10m"
memory = "32Mi"
parallelism = 4
labels = {{team = "ml"}}
security_context = {{allowPrivilegeEscalation = false}}
topology_spread = [{{maxSkew = 1, topologyKey = "kubernetes.io/hostname", whenUnsatisfiable = "ScheduleAnyway"}}]
volumes = [{{name = "shared", mount_path = {json.dumps(volume["mount_path"])}, host_path = {json.dumps(volume["host_path"])}}}]
[tool.dagwright.argo.schedules.minutely]
workflow = "{name}"
cron = ["* * * * *"]
timezone = "Europe/Berlin"
kickoff_input = "day"
inputs = {{name = {json.dumps(HOSTILE, ensure_ascii=False)}, n = 3}}
""",
        "utf-8",
    )
    (tmp_path / "flow.py").write_text(SOURCE.replace("NAME", name), "utf-8")
    yield Project(tmp_path, name, argo["store"])
    delete_labelled(f"dagwright/workflow={name}")


class Project:
    def __init__(self, folder, name, store):
        self.folder = folder
        self.name = name
        self.store = Path(urlsplit(store).path)

    def compile(self, *words):
        done = subprocess.run(
            [*DAGWRIGHT, "compile", "-n", NAMESPACE, *words], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def runs(self):
        return labelled("workflow", f"dagwright/workflow={self.name}")

    def ended(self):
        """Runs that have ended, as soon as there is one."""
        deadline = time.monotonic() + _WAIT_S
        while time.monotonic() < deadline:
            found = [item for item in self.runs() if item.get("status", {}).get("phase") in ("Succeeded", "Failed", "Error")]
            if found:
                return found
            time.sleep(0.5)
        raise AssertionError(
            f"no run of {self.name} ended in {_WAIT_S} s: {kubectl('get', 'cronworkflow,workflow', '-o', 'yaml')[-3000:]}"
        )

    def told(self, run):
        """What the run's only task returned."""
        assert run["status"]["phase"] == "Succeeded", run["status"].get("message")
        (pin,) = self.store.glob(f"**/run/{run['metadata']['uid']}/told/out.json")
        return json.loads(pin.read_text("utf-8"))["outputs"][0]["data"]


def create(text):
    """Create what is not there yet; gives what ``kubectl`` said, and whether the run was created."""
    done = subprocess.run(
        ["kubectl", "-n", NAMESPACE, "create", "-f", "-"], input=text, capture_output=True, text=True, check=False
    )
    others = [line for line in done.stderr.splitlines() if "already exists" not in line]
    assert others == []
    return done.stderr, "workflow.argoproj.io/" in done.stdout


def test_a_schedule_from_a_folder_starts_with_its_time_and_its_inputs(project):
    project.compile("-o", "out/", "--kustomize", ".")
    command("kubectl", "apply", "--server-side", "-k", str(project.folder / "out"))
    before = dt.datetime.now(dt.UTC)
    run = project.ended()[0]
    kickoff, _, rest = project.told(run).partition(" ")
    assert rest == f"{HOSTILE} 3"
    assert dt.datetime.fromisoformat(kickoff).second == 0
    assert -60 <= (dt.datetime.fromisoformat(kickoff) - before).total_seconds() <= _WAIT_S
    assert run["metadata"]["labels"]["team"] == "ml"
    # Applying the same once more changes nothing.
    again = command("kubectl", "diff", "--server-side", "-k", str(project.folder / "out"))
    assert again == ""


def test_a_named_run_is_created_once(project):
    text = project.compile(
        "--kind", "Workflow", "--name", project.name, f"flow.py:{project.name}", "--", "--day", "2026-01-31", "--name", HOSTILE
    )
    assert create(text)[1]
    said, made = create(text)
    assert not made
    assert f'workflows.argoproj.io "{project.name}" already exists' in said
    (run,) = project.ended()
    assert len(project.runs()) == 1
    assert project.told(run) == f"2026-01-31T00:00:00+00:00 {HOSTILE} 2"


LANES = """\
from dagwright import map_task, task, workflow


@task
def split(n: int) -> list[int]:
    return list(range(n))


@task
def each(x: int) -> int:
    return x + 1


@task
def total(xs: list[int]) -> int:
    return sum(xs)


@task
def step(x: int, bad: bool = False) -> int:
    if bad:
        raise ValueError("this lane ends here")
    return x + 1


@workflow
def NAME(n: int = 2) -> list[int]:
    xs = split(n=n)
    ends = []
    for lane in range(2):
        value = total(xs=map_task(each)(x=xs))
        for number in range(110):
            value = step(x=value, bad=lane == 1 and number == 1)
        ends.append(value)
    return ends
"""


def test_counts_and_failures_cross_the_borders_of_nested_graphs(project):
    """A lane of 112 calls is a DAG of its own: it gets the count of its map from outside, and its failure ends the run."""
    (project.folder / "flow.py").write_text(LANES.replace("NAME", project.name), "utf-8")
    text = project.compile("--kind", "Workflow", "--name", project.name, f"flow.py:{project.name}")
    templates = list(yaml.load_all(text, yaml.CSafeLoader))[-1]["spec"]["templates"]
    (part,) = (item for item in templates if item.get("inputs", {}).get("parameters", [{}])[0].get("name") == "split-count-o0")
    assert len(part["dag"]["tasks"]) == 112
    assert create(text)[1]
    (run,) = project.ended()
    nodes = run["status"]["nodes"].values()
    ended = {(item["displayName"], item["phase"]) for item in nodes if item["type"] == "Pod"}
    assert run["status"]["phase"] == "Failed"
    inside = [item for item in nodes if item.get("templateName") == part["name"]]
    assert [item["phase"] for item in inside] == ["Failed"]
    below = [item["name"] for item in nodes if item["type"] == "Pod" and item["templateName"] == "each"]
    assert sum(f".{inside[0]['displayName']}." in name for name in below) == 2
    failed = [item for item in nodes if item["type"] == "Pod" and item["phase"] == "Failed"]
    assert "80" in {item["outputs"]["exitCode"] for item in failed}, ended
    # Of what waits for the task that failed, nothing ran; and the other lane did not run to its end.
    assert len(ended) < 40


def test_a_graph_of_a_thousand_calls_is_created_and_runs(project):
    lanes, depth = 4, 250
    lines = ["from dagwright import task, workflow", "", "", "@task", "def step(x: int) -> int:", "    return x + 1", "", ""]
    lines += ["@workflow", f"def {project.name}(x: int = 0) -> list[int]:"]
    for lane in range(lanes):
        lines += [f"    v{lane}_{level} = step(x={f'v{lane}_{level - 1}' if level else 'x'})" for level in range(depth)]
    lines.append(f"    return [{', '.join(f'v{lane}_{depth - 1}' for lane in range(lanes))}]")
    (project.folder / "flow.py").write_text("\n".join(lines) + "\n", "utf-8")
    text = project.compile("--kind", "Workflow", "--name", project.name, f"flow.py:{project.name}")
    assert create(text)[1]
    deadline = time.monotonic() + _WAIT_S
    done = 0
    while done < 5 and time.monotonic() < deadline:
        (run,) = project.runs()
        status = run.get("status", {})
        assert status.get("phase") in (None, "", "Running", "Pending"), status.get("message")
        nodes = status.get("nodes", {}).values()
        done = sum(item["type"] == "Pod" and item["phase"] == "Succeeded" for item in nodes)
        time.sleep(0.5)
    command("argo", "terminate", "-n", NAMESPACE, project.name)
    assert done >= 5, status
    assert len(list(project.store.glob(f"**/run/{run['metadata']['uid']}/*/out.json"))) >= done
