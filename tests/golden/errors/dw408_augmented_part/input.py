"""`+=` on a part of a result is one mistake, not two."""

from dagwright import task, workflow


@task
def load() -> list[int]:
    return [1]


@task
def total(values: list[int]) -> int:
    return sum(values)


@workflow
def main() -> int:
    values = load()
    values[0] += 1  # E: DW408 `+` needs the value
    mine = {"a": values[0]}
    mine["a"] += 1  # E: DW408 `+` needs the value
    return total(values=values)
