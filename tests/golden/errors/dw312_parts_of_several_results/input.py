"""Results with names or positions: the field that does not fit, and parts that are not there."""

from typing import NamedTuple

from dagwright import task, workflow


class Scores(NamedTuple):
    mean: float
    label: str


@task
def score(count: int) -> Scores:
    return Scores(0.5, "x")


@task
def split(count: int) -> tuple[int, str]:
    return count, "x"


@task
def double(count: int) -> int:
    return 2 * count


@task
def notify(count: int) -> None:
    print(count)


@workflow
def main(count: int) -> None:
    found = score(count=count)
    double(count=found.mean)  # E: DW304 `.mean` of the result of `score` is `float`
    mean, label = found
    double(count=label)  # E: DW304 `.label` of the result of `score` is `str`
    double(count=split(count=count)[1])  # E: DW304 `[1]` of the result of `split` is `str`
    double(count=found.maen)  # E: DW312 `score` has no output `maen`
    double(count=split(count=count).o0)  # E: DW312 `split` returns a tuple of 2 values, which have no names
    double(count=split(count=count)[2])  # E: DW405 the result of `split` has 2 items, and none at 2
    double(count=double(count=count).o0)  # E: DW312 `double` has one result
    double(count=notify(count=count).o0)  # E: DW311 `notify` gives no value
