"""What does not need a failed call runs all the same: no DAG fails fast, and the plan says so to the attempts."""

from dagwright import task, workflow
from flytekit import WorkflowFailurePolicy


@task
def risky(n: int) -> int: ...


@task
def steady(n: int) -> int: ...


@workflow(failure_policy=WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE)
def main(n: int) -> tuple[int, int]:
    return risky(n=n), steady(n=n)
