"""Tasks, maps and classes where their results are meant."""

from dataclasses import dataclass

from dagwright import map_task, task, workflow


@dataclass
class Limits:
    low: int


@task
def count(limits: Limits) -> int:
    return limits.low


@task
def double(number: int) -> int:
    return 2 * number


@workflow
def main(number: int) -> int:
    int(double)  # E: DW407 `int` takes values, and this is the task `double`
    double + 1  # E: DW407 `+` takes values, and this is the task `double`
    f"{double}"  # E: DW407 an f-string takes values, and this is the task `double`
    if double:  # E: DW407 `if` takes values, and this is the task `double`
        double(number=1)
    for _ in map_task(double):  # E: DW406 `for` goes over a mapped task, which has no elements
        double(number=2)
    max(double)  # E: DW408 `max` goes over the task `double`, which has no elements
    count(limits=Limits)  # E: DW407 the class `Limits` cannot be passed to `count.limits`
    count(limits=Limits(low=double))  # E: DW304 the task `double` cannot be passed to `Limits.low`
    return double  # E: DW407 the task `double` cannot be returned as `int`
