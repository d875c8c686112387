"""A task that hears of the failure: onExit calls it after a run that did not succeed, with the workflow's inputs."""

from typing import Optional

from dagwright import RunFailure, task, workflow


@task(retries=2)
def give_back(machines: int, pool: str, err: Optional[RunFailure] = None) -> None: ...


@task
def train(machines: int, pool: str) -> float: ...


@workflow(on_failure=give_back)
def main(machines: int, pool: str = "a100") -> float:
    return train(machines=machines, pool=pool)
