from flytekit import PodTemplate, Resources, task, workflow
from flytekit.extras.accelerators import A100, T4
from kubernetes.client import (
    V1Container,
    V1EnvVar,
    V1LocalObjectReference,
    V1PersistentVolumeClaimVolumeSource,
    V1PodSpec,
    V1SecurityContext,
    V1Toleration,
    V1Volume,
    V1VolumeMount,
)

SHARED = PodTemplate(
    primary_container_name="box",
    labels={"team": "ml"},
    annotations={"example.org/note": "two words"},
    pod_spec=V1PodSpec(
        containers=[
            V1Container(
                name="box",
                env=[V1EnvVar(name="MODE", value="fast")],
                volume_mounts=[V1VolumeMount(name="data", mount_path="/data")],
                security_context=V1SecurityContext(run_as_user=1000),
            ),
        ],
        volumes=[V1Volume(name="data", persistent_volume_claim=V1PersistentVolumeClaimVolumeSource(claim_name="data"))],
        tolerations=[V1Toleration(key="pool", operator="Equal", value="big", effect="NoSchedule")],
        image_pull_secrets=[V1LocalObjectReference(name="registry")],
    ),
)


@task(pod_template=SHARED, shared_memory="2Gi")
def shaped(n: int) -> int:
    return n


@task(accelerator=T4)
def one_gpu(n: int) -> int:
    return n


@task(accelerator=A100.partition_1g_5gb, requests=Resources(gpu="2"), shared_memory=True)
def slices(n: int) -> int:
    return n


@task
def plain(n: int) -> int:
    return n


@workflow
def main(n: int) -> int:
    return plain(n=slices(n=one_gpu(n=shaped(n=n))))
