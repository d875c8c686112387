from dagwright import task

from ..types import Row


@task
def read(path: str) -> list[Row]:
    return [{"path": path}, {"line": "2"}]
