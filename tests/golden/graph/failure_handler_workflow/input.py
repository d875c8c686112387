"""A workflow that handles failures: its calls are steps after the run, under ids that no call of the workflow has."""

from dagwright import RunFailure, task, workflow


@task
def drop_tables(day: str) -> int: ...


@task
def tell(dropped: int, err: RunFailure) -> None: ...


@workflow
def clean_up(day: str, err: RunFailure) -> None:
    tell(dropped=drop_tables(day=day), err=err)


@task
def on_failure(day: str) -> str: ...


@workflow(on_failure=clean_up)
def main(day: str) -> str:
    return on_failure(day=day)
