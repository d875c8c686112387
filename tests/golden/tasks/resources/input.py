from dagwright import Resources, task, workflow

OPTIONS = {"requests": Resources(cpu="250m"), "retries": 2, "environment": {"A": "1"}}
SMALL = dict(resources=Resources(cpu=1, mem="1Gi"))


@task(resources=Resources(cpu=("1", "2"), mem="1Gi", gpu=[1, 1], ephemeral_storage=("1Gi", "5Gi")))
def pairs(x: int) -> int:
    return x


@task(**OPTIONS, timeout=60)
def spread(x: int) -> int:
    return x


@task(**SMALL)
def called(x: int) -> int:
    return x


@workflow
def main(x: int = 1) -> int:
    return called(x=spread(x=pairs(x=x))).with_overrides(resources=Resources(cpu=("2", "4")))
