"""What handles a failure of a call cannot map over a result of the failed run: how long that is, nothing tells after a run."""

from dagwright import map_task, task, workflow


@task
def find(n: int) -> list[str]: ...


@task
def use(names: list[str]) -> None: ...


@task
def drop(name: str) -> None: ...


@workflow
def clean_up(names: list[str]) -> None:
    map_task(drop)(name=names)  # E: DW413 a map cannot run over a result of the run that failed: how long it is must be known


@workflow(on_failure=clean_up)
def used(names: list[str]) -> None:
    use(names=names)


@workflow
def of_inputs(names: list[str]) -> None:
    used(names=names)


@workflow
def main() -> None:
    used(names=["a", "b"])
    used(names=find(n=1))
