"""A run that was stopped goes on when its pods have ended: Argo 4.0 takes one that still ends for the new one, and waits without end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from kubectl_double import KubectlDouble

from dagwright_argo_client.kubernetes import Kubectl
from dagwright_argo_client.retrying import await_pods
from dagwright_argo_client.runs import Run

LIVE = Path(__file__).with_name("live")


class Time:
    """A clock that pauses move on, and what happens then."""

    def __init__(self, start: float) -> None:
        self.now = start
        self.paused = 0
        self.then = lambda: None

    def pause(self, seconds: float) -> None:
        self.now += seconds
        self.paused += 1
        if self.paused == 3:
            self.then()


@pytest.fixture
def cluster(tmp_path):
    return KubectlDouble(tmp_path)


@pytest.fixture
def stopped() -> Run:
    return Run(json.loads((LIVE / "stopped.json").read_text("utf-8")))


def told(run: Run, kubectl: Kubectl | None, time: Time) -> list[str]:
    said: list[str] = []
    await_pods(run, kubectl, tell=said.append, clock=lambda: time.now, pause=time.pause)
    return said


def test_its_pods_are_waited_for_as_long_as_they_take(cluster, stopped):
    cluster.add("pod", "a", status={"phase": "Failed"})
    cluster.add("pod", "b", status={"phase": "Running"})
    time = Time(stopped.finished + 1)
    time.then = lambda: cluster.add("pod", "b", status={"phase": "Failed"})
    kubectl = Kubectl(str(cluster.programs / "kubectl"), "argo")
    assert told(stopped, kubectl, time) == ["long-nvwqgt was stopped just now, and goes on when its pods have ended"]
    assert time.paused == 3
    assert told(stopped, kubectl, time) == []


def test_without_kubectl_the_grace_of_the_pods_is_waited_for(cluster, stopped):
    time = Time(stopped.finished + 1)
    assert len(told(stopped, None, time)) == 1
    assert 45 <= time.now - stopped.finished < 47
    later = Time(stopped.finished + 60)
    assert told(stopped, None, later) == []
    (cluster.cluster / "forbidden").write_text("get pod")
    refused = Time(stopped.finished + 1)
    assert len(told(stopped, Kubectl(str(cluster.programs / "kubectl"), "argo"), refused)) == 1
    assert 45 <= refused.now - stopped.finished < 47


def test_a_run_that_failed_by_itself_is_not_waited_for(cluster):
    run = Run(json.loads((LIVE / "failed_map.json").read_text("utf-8")))
    time = Time(run.finished)
    assert told(run, None, time) == []
    assert time.paused == 0


def test_a_run_that_starts_again_is_not_taken_for_one_that_nobody_takes_up():
    from dagwright_argo_client.stalls import unclaimed

    found = json.loads((LIVE / "stopped.json").read_text("utf-8"))
    found["status"]["phase"] = ""
    run = Run(found)
    assert run.was_retried
    assert unclaimed(run, run.created + 600) == ""
