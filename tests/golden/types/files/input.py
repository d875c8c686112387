import os
from dataclasses import dataclass, field
from typing import Annotated, NamedTuple, Optional, TypeVar, Union

from flytekit import BatchSize, map_task, task, workflow
from flytekit.types.directory import FlyteDirectory, TensorboardLogs
from flytekit.types.file import FileExt, FlyteFile, JPEGImageFile

csv = TypeVar("csv")
BUCKET = "s3://bucket"
TAR = Annotated[str, FileExt("tar.gz")]


class Parts(NamedTuple):
    train: FlyteFile["csv"]
    logs: TensorboardLogs


@dataclass
class Job:
    data: FlyteFile
    pictures: list[JPEGImageFile] = field(default_factory=list)
    work: Optional[FlyteDirectory] = None


@task
def split(data: FlyteFile[csv], ratio: float = 0.8) -> Parts:
    return Parts("train.csv", TensorboardLogs("logs"))


@task
def pack(job: Job, archive: FlyteFile[TAR] = f"{BUCKET}/empty.tar.gz") -> FlyteFile[TAR]:
    return archive


@task
def unpack(archive: os.PathLike) -> Annotated[FlyteDirectory["jpeg"], BatchSize(10)]:
    return "pictures"


@task
def names(pictures: FlyteDirectory, also: Union[FlyteFile, str, None] = None) -> list[FlyteFile]:
    return pictures.listdir(pictures)


@task
def size(file: FlyteFile) -> int:
    return file.size


@workflow
def main(
    data: FlyteFile["csv"],
    more: list[FlyteFile] = [FlyteFile(f"{BUCKET}/a.csv"), "https://example.com/b.csv"],
    hosts: FlyteFile = FlyteFile("/etc/hosts", remote_path=False),
    logs: Optional[FlyteDirectory] = None,
) -> tuple[list[int], list[FlyteFile]]:
    parts = split(data=data)
    packed = pack(job=Job(data=parts.train))
    pictures = unpack(archive=packed)
    unpack(archive=FlyteFile.from_source(f"{BUCKET}/old.tar.gz")) >> pictures
    picture = JPEGImageFile(path=f"{BUCKET}/a.jpeg", metadata={"of": "us"})
    again = pack(job=Job(data=hosts, pictures=[picture], work=FlyteDirectory(BUCKET)), archive=packed)
    every = names(pictures=parts.logs, also=more[0])
    return map_task(size)(file=names(pictures=pictures, also="as text")), [every[0], again]
