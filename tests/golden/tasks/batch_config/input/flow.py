from flytekit import PodTemplate, Secret, task, workflow
from flytekit.extras.accelerators import T4
from flytekitplugins.awsbatch import AWSBatchConfig


@task(
    task_config=AWSBatchConfig(schedulingPriority=7, propagateTags=True, tags={"cost": "ml"}),
    secret_requests=[Secret(group="hub", key="token", env_var="HF_TOKEN")],
)
def first(n: int) -> int:
    return n


@task(accelerator=T4, shared_memory="2Gi", pod_template=PodTemplate(labels={"team": "ml"}))
def second(n: int) -> int:
    return n


@workflow
def main(n: int) -> int:
    return second(n=first(n=n))
