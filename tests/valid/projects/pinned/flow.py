"""The images of a project stand in its settings."""

from flytekit import Resources, task, workflow


@task(container_image="{{.image.trainer.fqn}}:{{.image.trainer.version}}", requests=Resources(gpu="1"))
def train(rows: int) -> float:
    return rows / 2


@task(container_image="{{.image.default.fqn}}:latest")
def report(loss: float) -> str:
    return f"{loss:.1f}"


@workflow
def main(rows: int = 9) -> str:
    return report(loss=train(rows=rows))
