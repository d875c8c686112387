from datetime import timedelta
from functools import partial

from dagwright import TaskMetadata, map_task, task, workflow


@task(retries=1)
def shift(by: int, x: int, factor: float = 1) -> float:
    return factor * x + by


shift_by_two = partial(shift, 2)
shift_all = map_task(shift_by_two, metadata=TaskMetadata(retries=3, timeout=timedelta(minutes=5)))


@workflow
def main(xs: list[int]) -> tuple[list[float], float]:
    shifted = shift_all(x=xs).with_overrides(node_name="shifting")
    return shifted, shift_by_two(7, factor=0.5)
