from flytekit import Resources, Secret, task, workflow
from flytekit.extras.accelerators import A100


@task(requests=Resources(gpu="1"), accelerator=A100.partition_1g_5gb)
def train(rows: int) -> float:
    return float(rows)


@task(secret_requests=[Secret(key="token"), Secret(group="warehouse", key="password")], pod_template_name="big")
def publish(score: float) -> str:
    return f"{score:.2f}"


@workflow
def main(rows: int = 3) -> str:
    return publish(score=train(rows=rows))
