from flytekit import PodTemplate, Secret, task, workflow
from flytekitplugins.awsbatch import AWSBatchConfig
from kubernetes.client import V1Container, V1PodSpec

COMMAND = PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary", command=["x"])]))


@task(secret_requests=[Secret(group="g", key="k", group_version="v2")])  # W: DW541 asks for version v2
def versioned(n: int) -> int:
    return n


@task(pod_template=COMMAND)  # W: DW541 the command of the pod template
def commanded(n: int) -> int:
    return n


@task(task_config=AWSBatchConfig(schedulingPriority=3))  # W: DW541 AWSBatchConfig has no effect
def batch(n: int) -> int:
    return n


@workflow
def main(n: int) -> int:
    return batch(n=commanded(n=versioned(n=n)))
