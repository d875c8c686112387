from dagwright import task

from ingest.types import Row

NAMES = {"raw": "raw_rows", "clean": "clean_rows"}


@task
def store(rows: list[Row], table: str) -> None:
    print(len(rows), "rows to", table)
