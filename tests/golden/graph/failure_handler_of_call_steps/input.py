"""The handler of a called workflow is a workflow with a map, and takes results of a map: its pods get what says how long those are."""

from dagwright import RunFailure, map_task, task, workflow


@task
def create(name: str) -> str: ...


@task
def use(names: list[str]) -> None: ...


@task
def drop(name: str) -> list[str]: ...


@task
def tell(names: list[str], dropped: list[list[str]], err: RunFailure) -> None: ...


@workflow
def clean_up(names: list[str], err: RunFailure) -> None:
    tell(names=names, dropped=map_task(drop)(name=["a", "b"]), err=err)


@workflow(on_failure=clean_up)
def inner(names: list[str]) -> None:
    use(names=names)


@workflow
def main(names: list[str]) -> None:
    inner(names=map_task(create)(name=names))
