from functools import partial

from flytekit import map_task, task, workflow
from flytekit.core.task import TaskMetadata

TOLERANCE = 0.05


@task
def parts(line: int) -> list[float]:
    return [1.0, 1.02, 0.9, 1.0 + line / 100]


@task
def inspect(size: float, nominal: float, tolerance: float) -> bool:
    return abs(size - nominal) <= tolerance


@task
def share(passed: list[bool]) -> float:
    return sum(passed) / len(passed)


@workflow
def main(line: int = 3) -> float:
    check = partial(inspect, nominal=1.0, tolerance=TOLERANCE)
    passed = map_task(check, metadata=TaskMetadata(retries=2), concurrency=10)(size=parts(line=line))
    return share(passed=passed)
