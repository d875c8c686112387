"""What never starts is named and can be left: none of Argo's deadlines ends it (seen after 210 s on 4.0)."""

from __future__ import annotations

import json
import re

import pytest
from live_cluster import NAMESPACE, command, dagwright, kubectl, read

pytestmark = pytest.mark.cluster

NEVER = """\
from dagwright import Resources, task, workflow


@task(requests=Resources(cpu="900"))
def huge() -> int:
    return 1


@task(container_image="dagwright/absent:1")
def imageless() -> int:
    return 2


@task
def keyless() -> int:
    return 3


@workflow
def never() -> tuple[int, int, int]:
    return huge(), imageless(), keyless()
"""
PRUNED = """\
from dagwright import task, workflow


@task
def late() -> str:
    return "late"


@workflow
def pruned() -> str:
    return late()
"""


def test_pods_that_never_start_are_explained_and_ended(flows, argo):
    run = flows(NEVER, "never", {**argo, "env_secrets": ["dagwright-rows-absent"]}).submit()
    # The kubelet pulls twice before it says that it backs off.
    run.wait(lambda run: sum(bool(re.match(r"Unsched|ErrIm|ImageP|CreateC", pod.get("message", ""))) for pod in run.pods()) == 3)
    waited = dagwright("status", "--wait", "--timeout", "1s", run.name)
    assert waited.returncode == 2
    said = waited.stderr
    assert f"{run.name} has not ended within 1 s and goes on by itself" in said
    assert "huge: Unschedulable: 0/1 nodes are available" in said
    assert re.search(r"imageless: (ErrImagePull|ImagePullBackOff): .*dagwright/absent:1", said)
    assert 'keyless: CreateContainerConfigError: secret "dagwright-rows-absent" not found' in said
    assert dagwright("stop", run.name).returncode == 0
    ended = dagwright("status", "--wait", "--timeout", "6m", run.name)
    assert ended.returncode == 1
    assert f"{run.name} was stopped; `dagwright retry {run.name}` takes it up again" in ended.stderr


def test_code_that_is_pruned_under_a_run_is_named_and_put_back(flows, argo):
    flow = flows(PRUNED, "pruned", argo)
    kind, code = flow.objects[1]
    found = read(kind, code)
    # Who prunes is told to leave it alone; this is somebody who did not listen.
    assert found["metadata"]["annotations"]["argocd.argoproj.io/sync-options"] == "Prune=false"
    kubectl("delete", kind, code)
    run = flow.submit()
    named = f"the ConfigMap {code} with its code is not there; apply the output of `dagwright compile`"
    # The kubelet complains when it comes to it.
    run.wait(lambda run: named in dagwright("status", run.name).stderr)
    assert [pod["phase"] for pod in run.pods("late")] == ["Pending"]
    told = dagwright("status", "--wait", "--timeout", "1s", run.name)
    assert told.returncode == 2
    assert f"late: {named}" in told.stderr
    back = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": code}, "data": found["data"]}
    kubectl("create", "-f", "-", stdin=json.dumps(back))
    assert run.succeeded().outputs() == ["late"]


def test_values_typed_past_us_are_expanded_and_a_bad_one_is_named(flows, argo):
    source = """\
from dagwright import task, workflow


@task
def same(text: str) -> str:
    return text


@workflow
def typed(text: str) -> str:
    return same(text=text)
"""
    flow = flows(source, "typed", argo)
    bare, live = flow.submit(text="alice"), flow.submit(text="{{=1+1}} alice")
    words = ("argo", "submit", "-n", NAMESPACE, "--from", f"workflowtemplate/{flow.objects[-1][1]}", "-o", "name")
    stuck = flow.take(command(*words, "-p", "text={{= 1 +}}").strip())
    assert bare.succeeded().outputs() == ["alice"]
    live.succeeded()
    # The pod got what Argo made of it, and the run's own parameter still has what was typed.
    assert json.loads(dagwright("outputs", live.name).stdout) == "2 alice"
    assert not stuck.refresh().get("phase")
    told = dagwright("status", "--wait", "--timeout", "1s", stuck.name)
    assert told.returncode == 2
    assert "no controller takes it up: the value of text holds {{, which Argo expands and cannot" in told.stderr
    assert f"`kubectl delete workflow {stuck.name}` removes it" in told.stderr
