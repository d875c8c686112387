from typing import List, Optional

from flytekit import map_task, task, workflow


@task
def sample(count: int) -> List[int]:
    return list(range(count))


@task
def fill(value: int) -> Optional[int]:
    return None if value % 3 == 0 else value


@task
def known(values: List[Optional[int]]) -> int:
    return sum(1 for value in values if value is not None)


@workflow
def main(count: int = 7) -> int:
    return known(values=map_task(fill)(value=sample(count=count)))
