from dagwright import task

from . import rows
from .rows import Row

LIMIT = 10 * rows.PAGE


@task
def load(path: str, limit: int) -> list[Row]:
    from helpers import clean

    return [Row(clean(path), limit)]


@task
def count(rows: list[Row]) -> int:
    return len(rows)
