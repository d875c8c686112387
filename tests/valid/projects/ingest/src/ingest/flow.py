from typing import TYPE_CHECKING

from dagwright import task, workflow

from ingest.sources.files import read
from ingest.sources import tables as t

if TYPE_CHECKING:
    from ingest.types import Row

try:
    from ingest.fast import checksum
except ImportError:
    def checksum(rows: "list[Row]") -> int:
        return sum(len(row) for row in rows)


@task
def verify(rows: "list[Row]") -> int:
    return checksum(rows)


@workflow
def main(path: str = "a.csv") -> int:
    rows = read(path=path)
    stored = t.store(rows=rows, table=t.NAMES["raw"])
    checked = verify(rows=rows)
    stored >> checked
    return checked
