"""Loops that end only when the workflow runs: the loop is marked, not what stands in it."""

from dagwright import task, workflow


@task
def step(count: int) -> int:
    return count - 1


@workflow
def until_done(count: int) -> int:
    while True:  # E: DW406 `while` needs the value of the result of `step`
        count = step(count=count)
        if count < 3:
            break
    return count


@workflow
def returns(count: int) -> int:
    while True:  # E: DW406 `while` needs the value of the result of `step`
        count = step(count=count)
        if count:
            return count


@workflow
def main(count: int) -> int:
    while count > 3:  # E: DW406 `while` needs the value of the input `count`
        count = step(count=count)
    return count
