from dagwright import PodTemplate, map_task, task, workflow


@task(container_image="ghcr.io/acme/base:1")
def named(x: int) -> list[int]:
    return [x]


@task(pod_template=PodTemplate(pod_spec={"containers": [{"name": "primary", "image": "ghcr.io/acme/base:1"}]}))
def templated(x: int) -> int:
    return x


@task
def shipped(x: int) -> int:
    return x


@task
def bare(x: int) -> int:  # E: DW530 `bare` runs in python:3.11-slim, which has no dagwright
    return x


@workflow
def main(x: int = 1) -> list[int]:
    once = bare(x=shipped(x=templated(x=x)))
    return map_task(bare)(x=named(x=once))
