"""Train a digit classifier on several GPUs."""

import os
from dataclasses import dataclass

import flytekit as fl
import torch
import torch.nn as nn
from flytekit import PodTemplate, Secret, current_context
from flytekit.extras.accelerators import A100, T4
from flytekitplugins.kfpytorch import Elastic
from kubernetes.client import V1Container, V1EmptyDirVolumeSource, V1PodSpec, V1Toleration, V1Volume, V1VolumeMount

WANDB = Secret(group="wandb", key="api-key", mount_requirement=Secret.MountType.ENV_VAR)

shm = PodTemplate(
    primary_container_name="primary",
    labels={"team": "vision"},
    pod_spec=V1PodSpec(
        containers=[V1Container(name="primary", volume_mounts=[V1VolumeMount(mount_path="/dev/shm", name="dshm")])],
        volumes=[V1Volume(name="dshm", empty_dir=V1EmptyDirVolumeSource(medium="Memory", size_limit="4Gi"))],
        tolerations=[V1Toleration(key="gpu", operator="Exists", effect="NoSchedule")],
    ),
)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 10)


@dataclass
class Config:
    epochs: int = 3
    rate: float = 1e-3


@fl.task(
    requests=fl.Resources(cpu="2", mem="8Gi", gpu="1"),
    limits=fl.Resources(gpu="1"),
    accelerator=T4,
    secret_requests=[WANDB],
    pod_template=shm,
    environment={"OMP_NUM_THREADS": "2"},
    enable_deck=True,
)
def train(config: Config) -> nn.Module:
    key = current_context().secrets.get("wandb", "api-key")
    os.environ["WANDB_API_KEY"] = key
    return Net()


@fl.task(accelerator=A100.partition_1g_5gb, requests=fl.Resources(gpu="1"), shared_memory="2Gi")
def evaluate(model: nn.Module, threshold: float) -> float:
    return 0.9


@fl.task
def as_text(score: float) -> str:
    return f"{score:.2f}"


@fl.workflow
def main(config: Config = Config(epochs=5)) -> str:
    model = train(config=config)
    return as_text(score=evaluate(model=model, threshold=0.5))
