"""Workflows with an `on_failure` that others call: their handlers run before the own one, on what their calls were given."""

from typing import Optional

from dagwright import RunFailure, task, workflow


@task
def create(name: str) -> str: ...


@task
def use(name: str) -> None: ...


@task
def clean_up(name: str, err: Optional[RunFailure] = None) -> None: ...


@workflow(on_failure=clean_up)
def inner(name: str) -> None:
    use(name=name)


@workflow
def in_steps(name: str, err: RunFailure) -> None:
    clean_up(name=create(name=name), err=err)


@workflow(on_failure=in_steps)
def outer(name: str) -> None:
    inner(name=name)
    inner(name="another")


@workflow(on_failure=clean_up)
def main(name: str = "mine") -> None:
    outer(name=create(name=name))
