from dagwright import Resources, task, workflow


@task(retries=1, requests=Resources(cpu="1", mem="1Gi"))
def train(steps: int) -> float:
    return 1.0 / steps


@workflow
def main() -> tuple[float, float]:
    small = train(steps=1)
    large = train(steps=1000).with_overrides(requests=Resources(mem="8Gi"), retries=3, node_name="train-large")
    return small, large
