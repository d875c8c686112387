"""Several names for one value, or for one that has as many parts as only a run knows."""

from dataclasses import dataclass

from dagwright import task, workflow


@dataclass
class Model:
    rate: float
    depth: int


@task
def count(path: str) -> int:
    return len(path)


@task
def lines(path: str) -> list[str]:
    return [path]


@task
def train(path: str) -> Model:
    return Model(0.1, 3)


@task
def split(path: str) -> tuple[str, int]:
    return path, 1


@task
def notify(path: str) -> None:
    print(path)


@workflow
def main(path: str) -> None:
    number, rest = count(path=path)  # E: DW405 `count` returns one value (`int`), but 2 names take it
    first, second = lines(path=path)  # E: DW405 how many values it has is known only when the workflow runs
    rate, depth = train(path=path)  # E: DW405 `train` returns one value (`Model`), but 2 names take it
    left, right = split(path=path)[1]  # E: DW405 `[1]` of the result of `split` is one value (`int`), but 2 names take it
    sent, done = notify(path=path)  # E: DW405 `notify` returns nothing, but 2 names take it
    a, b, c = split(path=path)  # E: DW405 the result of `split` has 2 values, but 3 names take it
