"""Pods hardened as the guide for platform teams says pass the strictest of Kubernetes' pod security standards, and no others do."""

import json
import subprocess
import tomllib
import uuid

import pytest
import yaml
from documents import ROOT, blocks
from live_cluster import IMAGE, kubectl, read

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
SHOWN = {block.rest: block.body for block in blocks(ROOT / "docs" / "platform.md") if block.word == "file"}
LOCKED = tomllib.loads(SHOWN["pyproject.toml"])["tool"]["dagwright"]["profiles"]["locked"]["argo"]
EXECUTOR = yaml.safe_load(yaml.safe_load(SHOWN["controller.yaml"])["data"]["executor"])


@pytest.fixture
def restricted():
    name = f"docs-restricted-{uuid.uuid4().hex[:6]}"
    kubectl("create", "namespace", name)
    kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
    yield name
    kubectl("delete", "namespace", name, "--wait=false")


def admitted(pod, namespace):
    """What the API server says to a pod; nothing is created."""
    document = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "again", "namespace": namespace}, "spec": pod}
    asked = ["kubectl", "create", "--dry-run=server", "-f", "-"]
    return subprocess.run(asked, input=json.dumps(document), capture_output=True, text=True, check=False).stderr


@pytest.mark.parametrize("settings", [LOCKED, {}], ids=["locked", "default"])
def test_the_api_server_takes_hardened_pods_alone(flows, restricted, settings):
    base = {"store": "s3://nowhere/at-all", "image": IMAGE, "cpu": "10m", "memory": "32Mi"}
    run = flows(SOURCE, "main", base | settings).submit().wait(lambda run: bool(run.pods()))
    pod = read("pod", run.pod_name("one"))["spec"]
    for name in ("nodeName", "serviceAccount", "serviceAccountName"):
        pod.pop(name, None)
    refused = admitted(pod, restricted)
    assert 'containers "init", "wait" must set' in refused or 'containers "init", "wait", "main" must set' in refused
    for container in (*pod["initContainers"], *pod["containers"]):
        if container["name"] in ("init", "wait"):  # what the controller would have done
            container["securityContext"] = EXECUTOR["securityContext"]
    refused = admitted(pod, restricted)
    assert refused == "" if settings else "must set" in refused
