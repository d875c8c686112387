"""Keywords about pods, in the forms in which people write them for flytekit."""

from __future__ import annotations

import json

import pytest
from frontend_sources import assert_marked, clean

from dagwright_compiler.ir.program import Accelerator, Plugin, PodTemplate, Policy, Secret

HEAD = """\
from flytekit import GPUAccelerator, PodTemplate, Secret, task
from flytekit.extras.accelerators import A100, T4
from flytekit.extras import accelerators
from flytekitplugins.kfpytorch import Elastic, PyTorch, Worker
from flytekitplugins.pod import Pod
from kubernetes.client import V1Container, V1EmptyDirVolumeSource, V1EnvVar, V1PodSpec, V1Volume
from kubernetes.client.models import V1ResourceRequirements
import kubernetes as k8s
"""


def _policy(keywords: str) -> Policy:
    return clean({"flow.py": f"{HEAD}@task({keywords})\ndef t(x: int) -> int: ...\n"}).task("flow.t").policy


@pytest.mark.parametrize(
    ("keywords", "policy"),
    [
        ("secret_requests=[Secret('g', 'k')]", Policy(secrets=(Secret(group="g", key="k"),))),
        ("secret_requests=Secret(group='g')", Policy(secrets=(Secret(group="g"),))),
        ("secret_requests=(Secret(key='k', env_var='TOKEN'),)", Policy(secrets=(Secret(group="", key="k", env_var="TOKEN"),))),
        (
            "secret_requests=[Secret('g', 'k', 'v', Secret.MountType.FILE), Secret('g', 'l', mount_requirement=Secret.MountType.ANY)]",
            Policy(secrets=(Secret(group="g", key="k", version="v", mount="file"), Secret(group="g", key="l"))),
        ),
        ("accelerator=T4", Policy(accelerator=Accelerator(device="nvidia-tesla-t4"))),
        ("accelerator=A100.partition_2g_10gb", Policy(accelerator=Accelerator(device="nvidia-tesla-a100", partition="2g.10gb"))),
        ("accelerator=A100.unpartitioned", Policy(accelerator=Accelerator(device="nvidia-tesla-a100", partition=""))),
        ("accelerator=accelerators.A100_80GB", Policy(accelerator=Accelerator(device="nvidia-a100-80gb"))),
        ("accelerator=A100.partitioned('1g.5gb')", Policy(accelerator=Accelerator(device="nvidia-tesla-a100", partition="1g.5gb"))),
        ("accelerator=GPUAccelerator('my-gpu')", Policy(accelerator=Accelerator(device="my-gpu"))),
        ("shared_memory=True", Policy(shared_memory="")),
        ("shared_memory='2Gi'", Policy(shared_memory="2Gi")),
        ("shared_memory=False", Policy()),
        ("enable_deck=True", Policy(deck=True)),
        ("disable_deck=False", Policy(deck=True)),
        ("disable_deck=True", Policy()),
        ("pod_template_name='gpu'", Policy(pod_template_name="gpu")),
        (
            "pod_template=PodTemplate(primary_container_name='main', labels={'a': 'b'}, annotations={'c': 'd'})",
            Policy(pod_template=PodTemplate(primary_container="main", labels=(("a", "b"),), annotations=(("c", "d"),))),
        ),
        (
            "task_config=Elastic(nnodes=2, nproc_per_node=4)",
            Policy(plugin=Plugin(name="flytekitplugins.kfpytorch.Elastic", arguments='{"nnodes":2,"nproc_per_node":4}')),
        ),
        (
            "task_config=PyTorch(worker=Worker(replicas=3))",
            Policy(
                plugin=Plugin(
                    name="flytekitplugins.kfpytorch.PyTorch",
                    arguments='{"worker":{"$call":{"arguments":{"replicas":3},"name":"flytekitplugins.kfpytorch.Worker"}}}',
                )
            ),
        ),
    ],
)  # fmt: skip
def test_a_keyword_becomes_a_part_of_the_policy(keywords: str, policy: Policy) -> None:
    assert _policy(keywords) == policy


@pytest.mark.parametrize(
    "keyword", ["pod_template=PodTemplate(pod_spec={})", "task_config=Pod(pod_spec={}, primary_container_name='primary')"]
)
def test_objects_of_kubernetes_are_spelt_as_its_api_does(keyword: str) -> None:
    spec = """k8s.client.V1PodSpec(
        host_ipc=True,
        restart_policy=None,
        containers=[V1Container(
            name="primary",
            env=[V1EnvVar(name="A", value="1")],
            resources=V1ResourceRequirements(limits={"nvidia.com/gpu": "1"}),
        )],
        volumes=[V1Volume(name="shm", empty_dir=V1EmptyDirVolumeSource(medium="Memory", size_limit="1Gi"))],
    )"""
    template = _policy(keyword.format(spec)).pod_template
    assert template is not None
    assert json.loads(template.pod_spec) == {
        "hostIPC": True,
        "containers": [
            {"name": "primary", "env": [{"name": "A", "value": "1"}], "resources": {"limits": {"nvidia.com/gpu": "1"}}}
        ],
        "volumes": [{"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}}],
    }


def test_wrong_values_are_found_on_their_lines() -> None:
    assert_marked(
        HEAD
        + """\
import os
@task(
    secret_requests=["g.k"],  # E: DW503
    accelerator="T4",  # E: DW503
    shared_memory="2GB",  # E: DW504
    pod_template_name=3,  # E: DW503
    pod_template={"a": 1},  # E: DW503
    enable_deck="yes",  # E: DW503
    task_config=Elastic(nnodes=os.cpu_count()),  # E: DW410
)
def a(x: int) -> int: ...
@task(secret_requests=[Secret()])  # E: DW503
def b(x: int) -> int: ...
@task(secret_requests=[Secret(group="g", kee="k")])  # E: DW501
def c(x: int) -> int: ...
@task(secret_requests=[Secret("g", "k", env_var="1 2")])  # E: DW503
def d(x: int) -> int: ...
@task(pod_template=PodTemplate(pod_spec=V1Container(name="a")))  # E: DW503
def f(x: int) -> int: ...
@task(task_config=Elastic(3))  # E: DW503
def g(x: int) -> int: ...
@task(pod_template=PodTemplate(labels={"a": 1}))  # E: DW503
def h(x: int) -> int: ...
"""
    )
