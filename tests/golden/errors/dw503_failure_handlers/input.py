"""Handlers that do not take what their workflows take."""

from typing import Optional

from dagwright import RunFailure, map_task, task, workflow
from flytekit import WorkflowFailurePolicy


@task
def lacks(n: int) -> None: ...


@task
def differs(n: str, name: str) -> None: ...


@task
def asks_for_more(n: int, name: str, table: str) -> None: ...


@task
def names_it_otherwise(n: int, name: str, error: RunFailure) -> None: ...


@task
def takes_options(n: int, name: str, note: Optional[str], level: int = 3) -> None: ...


def plain(n: int, name: str) -> None: ...


@workflow(on_failure=lacks)  # E: DW503 it has no input `name` (`str`)
def one(n: int, name: str) -> None: ...


@workflow(on_failure=differs)  # E: DW503 its input `n` is `str`, and the workflow's is `int`
def two(n: int, name: str) -> None: ...


@workflow(on_failure=asks_for_more)  # E: DW503 the workflow has no input `table` for it
def three(n: int, name: str) -> None: ...


@workflow(on_failure=names_it_otherwise)  # E: DW503 what tells of the failure is its input `error`
def four(n: int, name: str) -> None: ...


@workflow(on_failure=plain)  # E: DW503 `plain` is a plain function
def five(n: int, name: str) -> None: ...


@workflow(on_failure=lacks(n=1))  # E: DW503 `on_failure` takes a task or a workflow
def six(n: int, name: str) -> None: ...


@workflow(on_failure=nowhere)  # E: DW201 `nowhere` is not found
def seven(n: int, name: str) -> None: ...


@workflow(on_failure=takes_options)
def main(n: int, name: str) -> None: ...


@workflow(on_failure=later)  # E: DW209 `later` is not defined yet where `on_failure` names it
def eight(n: int, name: str) -> None: ...


@task
def later(n: int, name: str) -> None: ...


@workflow(on_failure=nine)  # E: DW209 `nine` is not defined yet
def nine(n: int, name: str) -> None: ...


@workflow(on_failure=map_task(later))  # E: DW503 `on_failure` takes a task or a workflow
def ten(n: int, name: str) -> None: ...


@workflow(failure_policy=WorkflowFailurePolicy.FAIL_AFTER_NODES_COMPLETE)  # E: DW410 `WorkflowFailurePolicy` has no member `FAIL_AFTER_NODES_COMPLETE`
def eleven(n: int, name: str) -> None: ...
