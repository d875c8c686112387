"""Runs that nothing ends: pods that do not start, and runs that no controller takes up. People learn why, and get away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from argo_server_double import argo_double, ended

from dagwright_argo_client.argo_server import open_server
from dagwright_argo_client.connection import read_connection
from dagwright_argo_client.runs import Run
from dagwright_argo_client.stalls import explained, is_silent, pending_reason, unclaimed
from dagwright_argo_client.texts import Style, head_line

LIVE = Path(__file__).with_name("live")
COMMAND = str(Path(sys.executable).with_name("dagwright"))
POD = "long-88s9zs-sleepy-2719661434"
CODE = "long-aaaabbbbcccc"


@pytest.fixture
def argo():
    with argo_double() as double:
        double.silence_s = 2.0
        yield double


@pytest.fixture
def workflow():
    """One pod that says nothing about why it does not start."""
    found = json.loads((LIVE / "no_image.json").read_text("utf-8"))
    states = [state for state in found["status"]["nodes"].values() if state["type"] == "Pod"]
    states[0]["message"] = "PodInitializing"
    found["spec"]["volumes"] = [{"name": "dagwright-code", "configMap": {"name": CODE}}]
    return found


def why(argo, workflow, *warnings: tuple[str, str]) -> str:
    argo.warnings[POD] = list(warnings)
    run = Run(workflow)
    server = open_server(read_connection(argo.environment()))
    return pending_reason(explained(run, server, "argo", run.started + 60).nodes[0], run.started + 60)


def dagwright(argo, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **argo.environment()}
    return subprocess.run([COMMAND, *words], env=environment, capture_output=True, text=True, check=False)


def test_what_the_cluster_complains_of_is_the_reason(argo, workflow):
    mount = ("FailedMount", 'MountVolume.SetUp failed for volume "keys" : secret "store-key" not found')
    dns = ("MissingClusterDNS", "kubelet does not have ClusterDNS IP configured")
    old = ("FailedScheduling", "0/1 nodes are available")
    assert why(argo, workflow, old, mount, dns) == f"FailedMount: {mount[1]}"
    assert why(argo, workflow, dns) == "its pod does not start; `kubectl describe pod` tells why"


def test_code_that_is_gone_is_named_with_the_remedy(argo, workflow):
    text = f'MountVolume.SetUp failed for volume "dagwright-code" : configmap "{CODE}" not found'
    assert why(argo, workflow, ("FailedMount", text)) == (
        f"the ConfigMap {CODE} with its code is not there; apply the output of `dagwright compile` for the same source, and it starts"
    )
    other = text.replace(CODE, "users-own")
    assert why(argo, workflow, ("FailedMount", other)) == f"FailedMount: {other}"


def test_who_may_not_watch_events_gets_what_there_is(argo, workflow):
    argo.fail("stream/events", 403, 'events is forbidden: User "me" cannot watch resource "events" in API group ""', times=9)
    assert why(argo, workflow) == "its pod does not start; `kubectl describe pod` tells why"


def test_a_pod_that_says_why_is_not_asked_about(argo):
    run = Run(json.loads((LIVE / "no_image.json").read_text("utf-8")))
    assert explained(run, open_server(read_connection(argo.environment())), "argo", run.started + 60) is run
    assert argo.requests == []
    assert not is_silent(run.nodes[0].parts[0].attempts[0])
    reason = pending_reason(run.nodes[0], run.started + 60)
    assert reason.startswith("ErrImagePull: failed to pull")
    assert reason.endswith("no such host"), "the end of a long reason says what is wrong"
    assert len(reason) < 220


def test_a_pod_that_has_just_been_made_is_not_asked_about(argo, workflow):
    run = Run(workflow)
    assert explained(run, open_server(read_connection(argo.environment())), "argo", run.started + 3) is run
    assert argo.requests == []


@pytest.mark.parametrize("how", ["--wait", "--watch", "--log"])
def test_following_ends_when_told_and_says_what_holds_the_run(argo, workflow, how):
    argo.add(workflow)
    argo.warnings[POD] = [("FailedMount", "no such volume")]
    done = dagwright(argo, "status", how, "--timeout", "1s", "long-88s9zs")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        "Error: long-88s9zs has not ended within 1 s and goes on by itself (sleepy: FailedMount: no such volume); "
        "`dagwright status long-88s9zs --watch` follows it again, `dagwright stop long-88s9zs` ends it"
    )
    told = "dagwright: long-88s9zs waits: sleepy: FailedMount: no such volume\n"
    assert (told in done.stderr) == (how == "--wait"), "who waits silently is not left in the dark"


def test_a_timeout_goes_with_following(argo):
    done = dagwright(argo, "status", "--timeout", "1s", "x")
    assert done.returncode == 2
    assert "--timeout goes with --watch, --wait or --log" in done.stderr
    assert "write a number and s, m, h, d or w" in dagwright(argo, "status", "--wait", "--timeout", "soon", "x").stderr


def test_a_run_that_ends_in_time_is_none_the_wiser(argo, workflow):
    argo.add(workflow)
    argo.changes = [ended("Failed")]
    done = dagwright(argo, "status", "--wait", "--timeout", "1h", "long-88s9zs")
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            "{{=[][3]}}",
            "the value of text holds {{, which Argo expands and cannot; `kubectl delete workflow long-88s9zs` removes it",
        ),
        ("plain", "no controller takes it up: none is up that watches argo, or it is busy, or serves another instance id"),
    ],
)
def test_a_run_that_no_controller_takes_up(workflow, value, expected):
    workflow["status"] = {}
    workflow["spec"]["arguments"] = {"parameters": [{"name": "text", "value": value}]}
    run = Run(workflow)
    assert unclaimed(run, run.created + 10) == ""
    assert expected in unclaimed(run, run.created + 90)
    assert expected in head_line(run, run.created + 90, Style())


def test_a_retry_that_meets_the_controller_is_asked_for_again(argo):
    found = json.loads((LIVE / "failed_map.json").read_text("utf-8"))
    argo.add(found)
    modified = 'Operation cannot be fulfilled on workflows.argoproj.io "main-dsmr7g": the object has been modified; please apply your changes'
    argo.fail("PUT .*retry", 500, modified)
    argo.fail("PUT .*retry", 409, modified)
    began = time.monotonic()
    done = dagwright(argo, "retry", "main-dsmr7g")
    assert done.returncode == 0, done.stderr
    assert found["status"]["phase"] == "Running"
    assert time.monotonic() - began >= 1
    found["status"]["phase"] = "Failed"
    argo.fail("PUT .*retry", 409, modified, times=9)
    refused = dagwright(argo, "retry", "main-dsmr7g")
    assert refused.returncode == 2
    assert "somebody changed it meanwhile (409)" in refused.stderr
