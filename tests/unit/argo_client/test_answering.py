"""Answering runs that wait for people: every answer that is none gets one message, and a value is given once."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from argo_server_double import argo_double

COMMAND = str(Path(sys.executable).with_name("dagwright"))
RUN = "release-x7k2q"
SLEPT = ["flow.py", "--version", "9"]
FLOW = """\
from dataclasses import dataclass
from datetime import timedelta

from dagwright import File, approve, sleep, task, wait_for_input, workflow


@dataclass
class Limits:
    low: int
    high: float = 1.5


@task
def build(version: str) -> str:
    return f"app:{version}"


@task
def deploy(image: str, limits: Limits, notes: File) -> str:
    return image


@workflow
def release(version: str) -> str:
    image = approve(build(version=version), "look at image", timeout=timedelta(hours=1))
    limits = wait_for_input("limits", timeout=timedelta(days=1), expected_type=Limits)
    notes = wait_for_input("notes", timeout=timedelta(days=1), expected_type=File)
    pause = sleep(timedelta(seconds=1))
    done = deploy(image=image, limits=limits, notes=notes)
    pause >> done
    return done
"""


class Project:
    """A run as a live controller (4.0.2) shows it, its store, and a server that knows it."""

    def __init__(self, folder: Path, argo) -> None:
        self.folder = folder
        self.argo = argo
        self.store = folder / "store"
        self.run = self.store / "v1/run/uid-1"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DAGWRIGHT_", "ARGO_"))}
        self.environment = {**inherited, **argo.environment(), "DAGWRIGHT_STORE": self.store.as_uri()}
        (folder / "flow.py").write_text(FLOW, "utf-8")
        manifest = self.type("compile", "-t", "argo", "--kind", "WorkflowTemplate", "flow.py").stdout
        import yaml

        documents = list(yaml.load_all(manifest, yaml.CSafeLoader))
        spec = documents[-1]["spec"]
        plan = next(item["data"]["plan.json"] for item in documents if "plan.json" in item.get("data", {}))
        self.run.mkdir(parents=True)
        (self.run / "plan.json").write_text(plan, "utf-8")
        nodes = {unit: self.node(unit, "Suspend", "Running") for unit in ("look-at-image", "limits", "notes", "sleep")}
        nodes["build"] = self.node("build", "Pod", "Succeeded")
        argo.add(
            {
                "metadata": {
                    "name": RUN,
                    "namespace": "argo",
                    "uid": "uid-1",
                    "annotations": {"dagwright/entry": "flow.release"},
                    "creationTimestamp": "2026-11-21T11:00:00Z",
                },
                "spec": spec,
                "status": {"phase": "Running", "startedAt": "2026-11-21T11:00:00Z", "nodes": nodes},
            }
        )

    @property
    def nodes(self):
        return self.argo.workflows["argo", RUN]["status"]["nodes"]

    def node(self, unit: str, kind: str, phase: str):
        parameters = [{"name": "unit", "value": unit}]
        return {
            "id": unit,
            "name": f"{RUN}.{unit}",
            "displayName": unit,
            "type": kind,
            "phase": phase,
            "startedAt": "2026-11-21T11:00:00Z",
            "inputs": {"parameters": parameters},
        }

    def end(self, phase: str = "Failed") -> None:
        self.argo.workflows["argo", RUN]["status"] |= {"phase": phase, "finishedAt": "2026-11-21T11:05:00Z"}

    def type(self, *words: str, code: int | None = 0):
        done = subprocess.run(
            [COMMAND, *words], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert code is None or done.returncode == code, done.stderr
        return done

    def approve(self, *words: str, code: int = 0) -> str:
        return self.type("approve", RUN, *words, code=code).stderr

    def asked(self) -> list[str]:
        return [asked for asked, _ in self.argo.requests if asked.startswith(("PUT", "POST"))]


@pytest.fixture
def project(tmp_path):
    with argo_double() as double:
        yield Project(tmp_path, double)


def test_an_approval_lets_that_one_node_pass(project):
    assert project.approve("look-at-image") == f"dagwright: look-at-image of {RUN} is approved; the run goes on\n"
    assert [project.nodes[name]["phase"] for name in ("look-at-image", "limits", "sleep")] == ["Succeeded", "Running", "Running"]
    assert project.approve("look at image") == f"dagwright: look-at-image of {RUN} was approved already\n"
    assert project.asked() == [f"PUT /api/v1/workflows/argo/{RUN}/resume"]


def test_a_denial_fails_that_one_node(project):
    project.approve("look-at-image", "--deny", "--reason", "not\non a  {{=1+1}} Friday")
    assert (project.nodes["look-at-image"]["phase"], project.nodes["look-at-image"]["message"]) == (
        "Failed",
        "denied: not on a {{=1+1}} Friday",
    )
    project.end()
    assert (
        f"✗ look-at-image: denied: not on a {{{{=1+1}}}} Friday\n  ask again: dagwright retry {RUN}\n"
        in project.type("status", RUN, code=1).stderr
    )
    assert "has failed; `dagwright retry" in project.approve("look-at-image", code=2)


def test_a_value_is_checked_and_given_once(project):
    value = '{"low": 3}'
    for wrong, said in {
        "3": "expected Limits, got int 3",
        '{"low": "x"}': "expected int, got str 'x' at .low",
        '{"high": 1}': "no field 'low'",
        '{"low": 1, "lo": 2}': "a field 'lo'",
    }.items():
        assert said in project.approve("limits", "--set", wrong, code=2)
    assert not project.asked()

    assert project.approve("limits", "--set", value) == f"dagwright: limits of {RUN} has its value; the run goes on\n"
    assert json.loads((project.run / "limits/given.json").read_text("utf-8"))["text"] == value
    project.approve("limits", "--set", value)
    assert "was given another value already: {" in project.approve("limits", "--set", '{"low": 4}', code=2)
    assert project.asked() == [f"PUT /api/v1/workflows/argo/{RUN}/resume"]


def test_the_same_value_written_otherwise_is_the_same(project):
    assert project.approve("limits", "--set", '{"low": 3, "high": 2}').endswith("has its value; the run goes on\n")
    for again in ('{"high": 2.0,"low":3}', '{"low":3,"high":2}'):
        assert project.approve("limits", "--set", again) == f"dagwright: limits of {RUN} has its value\n"
    assert "was given another value already" in project.approve("limits", "--set", '{"low": 2, "high": 2}', code=2)


def test_a_value_that_was_left_and_not_let_through_is_given_by_repeating_the_command(project):
    project.argo.fail("/resume", 403, "forbidden")
    assert "(403)" in project.approve("limits", "--set", '{"low": 3}', code=2)
    assert project.nodes["limits"]["phase"] == "Running"
    project.approve("limits", "--set", '{"low": 3}')
    assert project.nodes["limits"]["phase"] == "Succeeded"


def test_somebody_else_may_let_it_through_at_the_same_moment(project):
    project.argo.fail("/resume", 500, "no suspend nodes matching")
    project.argo.changes.clear()
    project.nodes["look-at-image"] |= {"phase": "Running"}
    said = project.approve("look-at-image", code=2)
    assert "no suspend nodes matching" in said  # it waits still, so that was no such moment


def test_a_file_of_this_machine_goes_into_the_store(project):
    (project.folder / "notes.txt").write_text("ready", "utf-8")
    assert "absent.txt" in project.approve("notes", "--set", "absent.txt", code=2)
    project.approve("notes", "--set", "notes.txt")
    given = json.loads(json.loads((project.run / "notes/given.json").read_text("utf-8"))["text"])
    assert (project.store / "v1/cas" / given["$blob"][:2] / given["$blob"]).read_text("utf-8") == "ready"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("look-at-imag",), "has no node look-at-imag; did you mean `look-at-image`?"),
        (("build",), "build of release-x7k2q runs a task, and asks nobody; it waits for people at look-at-image, limits, notes"),
        (("sleep",), "waits for time to pass, and asks nobody"),
        (("limits",), "limits of release-x7k2q asks for a value: dagwright approve release-x7k2q limits --set VALUE"),
        (("look-at-image", "--set", "1"), "asks for an approval, and takes no value: leave --set out"),
        (("limits", "--deny", "--set", "1"), "--deny gives no value: leave --set out"),
        (("limits", "--reason", "x"), "--reason goes with --deny"),
    ],
)
def test_what_is_no_answer_is_refused(project, words, said):
    assert said in project.approve(*words, code=2)
    assert not project.asked()


def test_what_has_not_come_yet_and_what_is_over_is_not_answered(project):
    del project.nodes["limits"]
    assert "has not come to limits yet" in project.approve("limits", "--set", '{"low": 1}', code=2)
    project.end()
    assert f"{RUN} has failed, and look-at-image waits no more; `dagwright retry {RUN}`" in project.approve(
        "look-at-image", code=2
    )
    project.argo.workflows["argo", RUN]["spec"]["shutdown"] = "Stop"
    assert "was stopped, and notes waits no more" in project.approve("notes", "--deny", code=2)
    assert not project.asked()


def test_a_value_for_what_argo_resumed_without_one_is_given_late(project):
    project.nodes["limits"]["phase"] = "Succeeded"
    project.end()
    assert project.approve("limits", "--set", '{"low": 3}') == (
        f"dagwright: limits of {RUN} has its value; `dagwright retry {RUN}` goes on with it\n"
    )
    assert (project.run / "limits/given.json").exists()


def test_time_that_ran_out_is_told_in_our_words(project):
    argos = "task 'release-x7k2q.limits' errored: raw output parameter 'x' has not been set and does not have a default value"
    project.nodes["limits"] |= {"phase": "Error", "message": argos, "finishedAt": "2026-11-21T11:05:00Z"}
    project.nodes["look-at-image"] |= {"phase": "Failed", "message": argos, "finishedAt": "2026-11-21T11:05:00Z"}
    project.end()
    said = project.type("status", RUN, code=1).stderr
    assert "✗ limits: nobody gave a value within 24 h 0 min\n" in said
    assert "✗ look-at-image: nobody approved within 1 h 0 min\n" in said


def test_a_retry_asks_again_what_let_nothing_through(project):
    project.end()
    project.type("retry", RUN)
    project.end()
    for node in project.nodes.values():
        node["phase"] = "Succeeded"
    project.type("retry", RUN)
    selector = "inputs.parameters.waits.value=yes,phase!=Succeeded"
    assert project.argo.retried == [{"restartSuccessful": True, "nodeFieldSelector": selector}, {}]


def test_tasks_are_replayed_with_what_was_given_and_gates_are_not(project):
    said = project.type("run", "--only", "limits", "--from", RUN, "flow.py", code=None)
    assert said.returncode == 2
    assert "limits waits, and runs nothing that could be replayed" in said.stderr
    project.approve("limits", "--set", '{"low": 3}')
    (project.folder / "notes.txt").write_text("ready", "utf-8")
    project.approve("notes", "--set", "notes.txt")
    (project.run / "build").mkdir()
    local = project.type(
        "run", "--approve", "look-at-image", "--approve", 'limits={"low": 1}', "--approve", "notes=notes.txt", *SLEPT
    )
    (made,) = project.store.glob("v1/run/local-*/build/out.json")
    (project.run / "build/out.json").write_bytes(made.read_bytes())
    assert local.stdout == '"app:9"\n'
    done = project.type("run", "--only", "deploy", "--from", RUN, "flow.py")
    assert done.stdout == '"app:9"\n'


def test_who_waits_for_the_run_is_told_whom_it_waits_for(project):
    said = project.type("status", RUN, "--wait", "--timeout", "1s", code=None)
    assert f"dagwright: {RUN} waits: for an answer at limits: dagwright approve {RUN} limits --set VALUE\n" in said.stderr


def test_runs_say_who_is_asked(project):
    listed = project.type("runs")
    assert re.search(rf"(?m)^{RUN} +flow.release +running, waits for an answer ", listed.stdout)
    assert f"dagwright: limits waits: dagwright approve {RUN} limits --set VALUE\n" in listed.stderr
    (found,) = json.loads(project.type("runs", "--output-format", "json").stdout)
    assert found["asking"] == ["look-at-image", "limits", "notes"]
    project.argo.fail(f"/{RUN}$", 500, "slow")
    assert "running, waits" not in project.type("runs").stdout


def test_status_says_what_to_type(project):
    lines = project.type("status", RUN).stderr.splitlines()
    assert any(
        line.startswith("  ? look-at-image  waits for approval  ") and line.endswith(f"dagwright approve {RUN} look-at-image")
        for line in lines
    )
    assert any("waits for a value" in line and line.endswith(f"dagwright approve {RUN} limits --set VALUE") for line in lines)
    assert any(line.startswith("  ● sleep          sleeping") for line in lines)
    nodes = {node["id"]: node for node in json.loads(project.type("status", RUN, "--output-format", "json").stdout)["nodes"]}
    assert (nodes["limits"]["state"], nodes["limits"]["gate"]) == ("asking", "input")
