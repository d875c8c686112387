from typing import NamedTuple

from dagwright import task, workflow


class Ward(NamedTuple):
    name: str
    beds: int
    taken: int


class Free(NamedTuple):
    count: int
    share: float


@task
def free(ward: Ward) -> Free:
    left = ward.beds - ward.taken
    return Free(left, left / ward.beds)


@task
def total(counts: dict[str, int]) -> int:
    return sum(counts.values())


@workflow
def main() -> int:
    surgery = free(ward=Ward("surgery", 20, 15))
    children = free(ward=Ward("children", beds=10, taken=4))
    return total(counts={"surgery": surgery.count, "children": children.count})
