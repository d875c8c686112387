"""Pods as the guide for platform teams hardens them pass the strictest of Kubernetes' pod security standards; as they are by default, not."""

import json
import subprocess
import tomllib
import uuid

import pytest
from documents import ROOT, blocks
from live_cluster import IMAGE, kubectl

pytestmark = pytest.mark.cluster

SOURCE = """\
from dagwright import task, workflow


@task
def one() -> int:
    return 1


@workflow
def main() -> int:
    return one()
"""


def shown_settings():
    """The profile ``locked`` of docs/platform.md."""
    for block in blocks(ROOT / "docs" / "platform.md"):
        if block.word == "file" and "profiles.locked" in block.body:
            return tomllib.loads(block.body)["tool"]["dagwright"]["profiles"]["locked"]["argo"]
    raise AssertionError("the guide shows no profile `locked`")


@pytest.fixture
def restricted():
    name = f"docs-restricted-{uuid.uuid4().hex[:6]}"
    kubectl("create", "namespace", name)
    kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
    yield name
    kubectl("delete", "namespace", name, "--wait=false")


@pytest.mark.parametrize("hardened", [True, False])
def test_admission(flows, restricted, hardened):
    settings = {"store": "s3://nowhere/at-all", "image": IMAGE, "cpu": "10m", "memory": "32Mi"}
    flow = flows(SOURCE, "main", settings | (shown_settings() if hardened else {}))
    run = flow.submit().wait(lambda run: bool(run.pods()))
    pod = json.loads(kubectl("get", "pod", run.pod_name("one"), "-o", "json"))
    spec = {key: value for key, value in pod["spec"].items() if key not in ("nodeName", "serviceAccount", "serviceAccountName")}
    again = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "again", "namespace": restricted}, "spec": spec}
    kubectl("delete", "workflow", run.name, "--wait=false")
    asked = ["kubectl", "create", "--dry-run=server", "-f", "-"]
    done = subprocess.run(asked, input=json.dumps(again), capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is hardened, done.stderr
    assert hardened or 'violates PodSecurity "restricted' in done.stderr
