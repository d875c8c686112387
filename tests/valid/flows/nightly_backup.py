"""Keywords that people set on every task, once each."""

from datetime import timedelta

from dagwright import Cache, PodTemplate, Resources, Secret, task, workflow
from kubernetes.client import V1Container, V1EnvVar, V1PodSpec, V1Toleration

ON_SPOT = PodTemplate(
    primary_container_name="primary",
    labels={"team": "data"},
    annotations={"cost/centre": "42"},
    pod_spec=V1PodSpec(
        containers=[V1Container(name="primary", env=[V1EnvVar(name="TIER", value="spot")])],
        tolerations=[V1Toleration(key="spot", operator="Exists", effect="NoSchedule")],
        node_selector={"pool": "spot"},
    ),
)


@task(pod_template=ON_SPOT, retries=4, interruptible=True)
def dump(database: str) -> str:
    return f"{database}.sql"


@task(
    cache=Cache(version="7", ignored_inputs=("verbose",), serialize=True),
    timeout=timedelta(hours=2),
    requests=Resources(cpu="1", mem="1Gi"),
    limits=Resources(cpu="1", mem="1Gi"),
    environment={"LEVEL": "9"},
    enable_deck=False,
)
def compress(path: str, verbose: bool = False) -> str:
    return path + ".gz"


@task(secret_requests=[Secret(key="bucket")], docs=None)
def upload(paths: list[str]) -> int:
    return len(paths)


@workflow
def main() -> int:
    users = compress(path=dump(database="users"))
    orders = compress(path=dump(database="orders"), verbose=True)
    return upload(paths=[users, orders])
