"""What a comment leaves out, with its reason."""

from dagwright import task, workflow


@task
def warm_up(size: int) -> int:
    return size


@task(environment={"DOCS_URL": "https://example.com"})
def work(size: int) -> int:
    return size * 2


@workflow
def main(size: int = 4) -> int:
    warm_up(size=size)  # dagwright: ignore[DW493] fills the cache of the node
    return work(size=size)
