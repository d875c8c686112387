"""A failure policy counts for a whole run, and what handles a failure has nothing that handles its own."""

from dagwright import approve, sleep, task, workflow
from datetime import timedelta
from flytekit import WorkflowFailurePolicy


@task
def step(n: int) -> int: ...


@task
def clean_up(n: int) -> None: ...


@workflow(on_failure=clean_up)
def handled(n: int) -> int:
    return step(n=n)


@workflow(failure_policy=WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE)
def runs_on(n: int) -> int:
    return step(n=n)


@workflow
def waits(n: int) -> None:  # E: DW502 `waits` waits for a person or for time, and handles a failure
    sleep(timedelta(seconds=3)) >> step(n=n)


@workflow(on_failure=waits)
def handled_late(n: int) -> int:
    return step(n=n)


@workflow
def main(n: int) -> tuple[int, int]:
    first = handled(n=n)
    return first, runs_on(n=n)  # E: DW502 `runs_on` runs on after a failure


@workflow
def calls_handled(n: int) -> int:
    return handled(n=n)  # E: DW502 `handled` has `on_failure`, and handles a failure of `handled_by_call`


@workflow(on_failure=handled)  # E: DW502 `handled` has `on_failure`, and handles a failure of `handled_twice`
def handled_twice(n: int) -> int:
    return step(n=n)


@workflow(on_failure=calls_handled)
def handled_by_call(n: int) -> int:
    return step(n=n)


@workflow(on_failure=runs_on)  # E: DW502 `runs_on` has `failure_policy`, and handles a failure of `handled_on`
def handled_on(n: int) -> int:
    return step(n=n)
