from dataclasses import dataclass, field
from typing import NamedTuple, Optional

from dagwright import task, workflow


@dataclass
class Source:
    path: str
    tags: list[str] = field(default_factory=list)


@dataclass
class Job:
    source: Source
    rows: int = 10
    by_name: dict[str, Source] = field(default_factory=dict)


@dataclass
class Checked:
    rows: int

    def __post_init__(self) -> None:
        if self.rows < 0:
            raise ValueError("rows is negative")


class Report(NamedTuple):
    text: str
    rows: int


@task
def find(name: str) -> str:
    return f"/data/{name}"


@task
def count(job: Job, checked: Checked, spare: Optional[Source] = None) -> int:
    return job.rows + checked.rows


@workflow
def main(name: str, rows: int = 3) -> Report:
    path = find(name=name)
    source = Source(path, tags=["raw", name])
    job = Job(source, rows, by_name={"first": Source(path), "again": source})
    return Report(job.source.path, count(job=job, checked=Checked(rows), spare=Source("s3://spare")))
