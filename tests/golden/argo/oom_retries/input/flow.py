from dagwright import PodTemplate, Resources, map_task, task, workflow


@task(requests=Resources(mem="1Gi"), limits=Resources(mem="2Gi"), retries=2)
def load(n: int) -> list[int]:
    return list(range(n))


@task(requests=Resources(mem="3Gi", gpu="1"), pod_template=PodTemplate(pod_spec={"runtimeClassName": "gvisor"}))
def square(x: int) -> int:
    return x * x


@task(requests=Resources(mem="8Gi"))
def total(xs: list[int]) -> int:
    return sum(xs)


@task
def publish(x: int) -> int:
    return x


@workflow
def main(n: int = 3) -> int:
    return publish(x=total(xs=map_task(square)(x=load(n=n))))
