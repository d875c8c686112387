from datetime import timedelta

from dagwright import Resources, task, workflow

VERSION = "1.2"
RETRIES = 2


@task(
    cache=True,
    cache_version=VERSION,
    retries=RETRIES,
    timeout=timedelta(minutes=5),
    requests=Resources(cpu="500m", mem="256Mi"),
    limits=Resources(cpu="1", mem="512Mi"),
    container_image="ghcr.io/acme/train:1.0",
    environment={"MODE": "fast", "EMPTY": ""},
)
def train(steps: int) -> float:
    return 1.0 / steps


@workflow
def main(steps: int = 10) -> float:
    return train(steps=steps)
