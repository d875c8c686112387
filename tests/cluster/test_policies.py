"""Secrets, shared memory and pod templates in real pods."""

import uuid

import pytest
from live_cluster import kubectl, read

pytestmark = pytest.mark.cluster

SECRETS = """\
import os

from flytekit import PodTemplate, Secret, current_context, task, workflow


@task(
    secret_requests=[
        Secret(group="dagwright_test", key="Token", env_var="CHOSEN"),
        Secret(group="dagwright_test", key="cert.pem", mount_requirement=Secret.MountType.FILE, env_var="CERTIFICATE"),
        Secret(group="dagwright_absent", key="key"),
    ],
    environment={"BRACES": "{{workflow.name}}"},
)
def reads() -> list[str]:
    secrets = current_context().secrets
    with open(os.environ["CERTIFICATE"]) as file:
        certificate = file.read()
    return [secrets.get("dagwright_test", "Token"), os.environ["CHOSEN"], certificate, os.environ["BRACES"]]


@task(secret_requests=[Secret(group="dagwright_absent", key="key")])
def misses() -> str:
    return current_context().secrets.get("dagwright_absent", "key")


@workflow
def granted() -> list[str]:
    return reads()


@workflow
def refused() -> str:
    return misses()
"""
PODS = """\
import os

from flytekit import PodTemplate, task, workflow
from kubernetes.client import (
    V1ConfigMapVolumeSource, V1Container, V1EnvVar, V1EnvVarSource, V1LocalObjectReference, V1ObjectFieldSelector,
    V1PodSpec, V1SecurityContext, V1Volume, V1VolumeMount,
)

TEMPLATE = PodTemplate(
    primary_container_name="box",
    labels={"team": "ml"},
    annotations={"example.org/note": "two words"},
    pod_spec=V1PodSpec(
        containers=[
            V1Container(
                name="box",
                env=[V1EnvVar(name="TEAM", value_from=V1EnvVarSource(field_ref=V1ObjectFieldSelector(field_path="metadata.labels['team']")))],
                volume_mounts=[V1VolumeMount(name="data", mount_path="/data")],
                security_context=V1SecurityContext(run_as_user=1000),
            )
        ],
        volumes=[V1Volume(name="data", config_map=V1ConfigMapVolumeSource(name="DATA"))],
        hostname="own-name",
        image_pull_secrets=[V1LocalObjectReference(name="own-registry")],
    ),
)


@task(pod_template=TEMPLATE, shared_memory="16Mi")
def looks() -> list[str]:
    memory = os.statvfs("/dev/shm")
    with open("/data/word") as file:
        word = file.read()
    return [os.environ["TEAM"], word, str(os.getuid()), os.uname().nodename, str(memory.f_frsize * memory.f_blocks)]


@workflow
def shaped() -> list[str]:
    return looks()
"""


@pytest.fixture
def name():
    """A name of its own for an object of the namespace."""
    return f"dagwright-test-{uuid.uuid4().hex[:8]}"


def test_secrets_arrive_as_variables_and_files(flows, argo, name):
    kubectl("create", "secret", "generic", name, "--from-literal=Token=tok", "--from-literal=cert.pem=PEM")
    try:
        run = flows(SECRETS, "granted", {**argo, "secret_names": {"dagwright_test": name}}).submit().succeeded()
    finally:
        kubectl("delete", "secret", name)
    assert run.outputs() == [["tok", "tok", "PEM", "{{workflow.name}}"]]
    assert "the secret dagwright_absent/key is not here" in run.logs()


def test_an_absent_secret_fails_the_task_and_holds_no_pod_back(flows, argo):
    run = flows(SECRETS, "refused", argo).submit().failed()
    assert run.exit_codes("misses") == ["80"]
    assert "neither in the variable _FSEC_DAGWRIGHT_ABSENT_KEY nor in the file" in run.logs()


def test_a_pod_template_shapes_the_pod(flows, argo, name):
    kubectl("create", "configmap", name, "--from-literal=word=from a map")
    try:
        run = flows(PODS.replace("DATA", name), "shaped", argo).submit().succeeded()
    finally:
        kubectl("delete", "configmap", name)
    assert run.outputs() == [["ml", "from a map", "1000", "own-name", str(16 << 20)]]
    pod = read("pod", run.pod_name("looks"))
    assert pod["metadata"]["annotations"]["example.org/note"] == "two words"
    assert pod["spec"]["imagePullSecrets"] == [{"name": "own-registry"}]
