"""AWS Batch starts nothing because a job failed."""

from dagwright import task, workflow


@task
def clean_up(n: int) -> None: ...


@task
def step(n: int) -> int: ...


@workflow(on_failure=clean_up)  # E: DW557 AWS Batch starts nothing when a job fails
def main(n: int) -> int:
    return step(n=n)
