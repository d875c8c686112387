"""What a workflow says of its failure holds where it is started itself."""

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
    first = handled(n=n)  # E: DW502 `handled` has an `on_failure` of its own
    return first, runs_on(n=n)  # E: DW502 `runs_on` runs on after a failure
