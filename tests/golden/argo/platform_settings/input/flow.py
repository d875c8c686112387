from flytekit import PodTemplate, Resources, task, workflow
from flytekit.extras.accelerators import A100


@task
def prepare(rows: int) -> list[int]:
    return list(range(rows))


@task(requests=Resources(cpu="2", mem="4Gi"), accelerator=A100.unpartitioned, interruptible=True)
def train(shard: int) -> float:
    return shard / 2


@task(
    pod_template=PodTemplate(
        pod_spec={
            "nodeSelector": {"disk": "fast"},
            "securityContext": {"fsGroup": 200},
            "containers": [{"name": "primary", "securityContext": {"readOnlyRootFilesystem": False}}],
        }
    )
)
def report(score: float) -> str:
    return f"{score:.2f}"


@workflow
def main(rows: int = 3) -> str:
    shards = prepare(rows=rows)
    return report(score=train(shard=shards[0]))
