"""Runs that wait for people and for time, answered as a user answers them, on a live controller with Argo Server."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from live_cluster import NAMESPACE, await_change, command, delete, read, toml

pytestmark = pytest.mark.cluster

SOURCE = """\
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from dagwright import approve, sleep, task, wait_for_input, workflow


class Ring(Enum):
    canary = "canary"
    everyone = "everyone"


@dataclass
class Rollout:
    ring: Ring
    share: float
    note: str = ""


@task
def build(version: int) -> str:
    return f"app:{version}"


@task
def deploy(image: str, rollout: Rollout) -> str:
    return f"{image} {rollout.ring.name} {rollout.share} {rollout.note}"


@workflow
def release(version: int = 7) -> str:
    image = approve(build(version=version), "look at image", timeout=timedelta(hours=1))
    rollout = wait_for_input("rollout", timeout=timedelta(days=2), expected_type=Rollout)
    pause = sleep(timedelta(seconds=2))
    done = deploy(image=image, rollout=rollout)
    pause >> done
    return done


@task
def add(x: int, y: int) -> int:
    return x + y


@workflow
def impatient(x: int) -> int:
    return add(x=approve(x, "look", timeout=timedelta(seconds=3)), y=1)


@workflow
def patient(x: int) -> int:
    seen = approve(x, "look", timeout=timedelta(hours=1))
    more = wait_for_input("more", timeout=timedelta(hours=1), expected_type=int)
    seen >> more
    return add(x=seen, y=more)
"""
COMMAND = str(Path(sys.executable).with_name("dagwright"))
_WAIT_S = 400
_FAILED = ("Failed", "Error")
"""Argo's words: the second where nobody answered in time."""
NOTE = '{{workflow.name}} {{=1+1}} $(HOME) "quoted"'


class Session:
    """What a user types in a project, about one run."""

    def __init__(self, folder):
        self.folder = folder
        self.name = ""

    def type(self, *words, code=0):
        done = subprocess.run([COMMAND, *words], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        return done

    def submit(self, *words):
        self.name = self.type("submit", "--name-only", *words).stdout.strip()

    def status(self):
        words = [COMMAND, "status", self.name, "--output-format", "json"]
        return json.loads(subprocess.run(words, cwd=self.folder, capture_output=True, text=True, check=False).stdout)

    def until(self, holds):
        """Wait until something holds of the run's phase and its nodes' states."""
        deadline = time.monotonic() + _WAIT_S
        while time.monotonic() < deadline:
            version = read("workflow", self.name)["metadata"]["resourceVersion"]
            found = self.status()
            states = {node["id"]: node["state"] for node in found["nodes"]}
            if holds(found, states):
                return found
            await_change("workflow", self.name, version)
        raise AssertionError(f"{self.name} is {found['phase']}, and its nodes {states}")

    def until_asked(self, node):
        self.until(lambda _, states: states.get(node) == "asking")

    def until_failed(self):
        return self.until(lambda found, _: found["phase"] in _FAILED)


@pytest.fixture
def session(tmp_path, settings):
    if not os.environ.get("ARGO_SERVER"):
        pytest.fail("ARGO_SERVER names no Argo Server: see tests/live_cluster.py", pytrace=False)
    lines = [f"{name} = {toml(value)}" for name, value in settings.items()]
    (tmp_path / "pyproject.toml").write_text("\n".join(["[tool.dagwright.argo]", *lines, ""]), "utf-8")
    (tmp_path / "flow.py").write_text(SOURCE, "utf-8")
    made = Session(tmp_path)
    yield made
    if made.name:
        delete("workflow", made.name)


def test_a_run_is_approved_and_given_a_value(session):
    session.submit("flow.py:release")
    session.until_asked("look-at-image")
    shown = session.type("status", session.name).stderr
    assert re.search(rf"\? look-at-image +waits for approval .* dagwright approve {session.name} look-at-image\n", shown)
    assert re.search(rf"\? rollout +waits for a value .* dagwright approve {session.name} rollout --set VALUE\n", shown)

    wrong = session.type("approve", session.name, "rollout", "--set", '{"ring": "all", "share": 1}', code=2).stderr
    assert "its members are canary, everyone" in wrong
    value = json.dumps({"ring": "canary", "share": 1, "note": NOTE})
    for _ in range(2):  # the same again changes nothing
        session.type("approve", session.name, "rollout", "--set", value)
    other = session.type("approve", session.name, "rollout", "--set", '{"ring": "everyone", "share": 1}', code=2).stderr
    assert "was given another value already" in other

    done = session.type("approve", session.name, "look at image", "--wait")
    assert json.loads(done.stdout) == f"app:7 canary 1.0 {NOTE}"
    assert re.search(r"✓ sleep +slept +([2-9]|\d\d|\d+ min)", session.type("status", session.name).stderr)


@pytest.mark.parametrize("settings", ["file"], indirect=True)
def test_nothing_passes_that_nobody_approves_in_time(session):
    session.submit("flow.py:impatient", "--x", "40")
    first = session.until_failed()
    assert "look: nobody approved within 3 s" in session.type("status", session.name, code=1).stderr
    session.type("retry", session.name)
    # It is asked again, and has its whole time again.
    session.until(lambda found, _: found["phase"] in _FAILED and found["finished"] >= first["finished"] + 3)
    assert "look: nobody approved within 3 s" in session.type("status", session.name, code=1).stderr


@pytest.mark.parametrize("settings", ["file"], indirect=True)
def test_a_denial_fails_the_run_and_a_retry_asks_again(session):
    session.submit("flow.py:patient", "--x", "40")
    session.until_asked("look")
    session.type("approve", session.name, "look", "--deny", "--reason", "not on a {{=1+1}}day")
    session.until_failed()
    assert "look: denied: not on a {{=1+1}}day" in session.type("status", session.name, code=1).stderr

    session.type("retry", session.name)
    session.until_asked("look")
    # Argo's own tools approve, too; what they give to a value is nothing.
    command("argo", "resume", "-n", NAMESPACE, session.name, "--node-field-selector", "displayName=look")
    session.until_asked("more")
    command("argo", "resume", "-n", NAMESPACE, session.name, "--node-field-selector", "displayName=more")
    session.until_failed()
    said = session.type("status", session.name, code=1).stderr
    assert "type `dagwright approve RUN more --set VALUE`, then `dagwright retry RUN`" in said
    late = session.type("approve", session.name, "more", "--set", "2").stderr
    assert f"`dagwright retry {session.name}` goes on with it" in late
    assert json.loads(session.type("retry", session.name, "--wait").stdout) == 42


@pytest.mark.parametrize("settings", ["file"], indirect=True)
def test_a_run_that_waits_is_stopped(session):
    session.submit("flow.py:release")
    session.until_asked("rollout")
    session.type("stop", session.name)
    session.until_failed()
    assert session.type("approve", session.name, "rollout", "--set", '{"ring": "canary", "share": 1}', code=2).stderr == (
        f"Error: {session.name} was stopped, and rollout waits no more; `dagwright retry {session.name}` takes it up again\n"
    )
    session.type("retry", session.name)
    session.until_asked("rollout")
    session.type("stop", "--now", session.name)
    session.until_failed()
