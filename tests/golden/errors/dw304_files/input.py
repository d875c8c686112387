from pathlib import Path
from typing import Optional

from flytekit import StructuredDataset, map_task, task, workflow
from flytekit.types.directory import FlyteDirectory
from flytekit.types.file import FlyteFile, PNGImageFile


@task
def crop(picture: PNGImageFile) -> FlyteFile["jpeg"]:
    return picture


@task
def copy(file: FlyteFile) -> FlyteFile:
    return file


@task
def count(folder: FlyteDirectory, path: str = "") -> int:
    return 1


@task
def walk(path: Path, wrong: FlyteFile["a/b"] = None) -> int:  # E: DW302 `'a/b'` does not name a file format
    return 1


@task
def show(table: StructuredDataset) -> None: ...


@workflow
def main(
    file: FlyteFile,
    folder: FlyteDirectory,
    name: str,
    maybe: Optional[FlyteFile],
    near: FlyteFile = "data.csv",  # E: DW306 'data.csv' is a path on this machine, which no task sees
    csv: FlyteFile["csv"] = "s3://bucket/a.csv",
    png: FlyteFile["png"] = FlyteFile["csv"]("s3://bucket/a"),  # E: DW306 expected `FlyteFile["png"]`, found `FlyteFile["csv"]`
) -> list[FlyteFile]:
    crop(picture=crop(picture=file))  # E: DW304 is `FlyteFile["jpeg"]`, but `crop.picture` takes `PNGImageFile`
    crop(picture=csv)  # E: DW304
    copy(file=folder)  # E: DW304 is `FlyteDirectory`, but `copy.file` takes `FlyteFile`
    copy(file=name)  # E: DW304 is `str`, but `copy.file` takes `FlyteFile`
    copy(file=maybe)  # E: DW304
    copy(file=file.path)  # E: DW312 `FlyteFile` has no fields that a workflow can read
    copy(file=Path("data.csv"))  # E: DW305 'data.csv' is a path on this machine
    copy(file=FlyteFile("data.csv", remote_path="s3://bucket/a"))  # E: DW305 `remote_path` means something in a task only
    copy(file=FlyteFile("s3://bucket/a", metadata={"size": 1}))  # E: DW305 `metadata` takes a dict of texts
    copy(file=3)  # E: DW305 expected `FlyteFile`, found `int` (3)
    count(folder=file)  # E: DW304 is `FlyteFile`, but `count.folder` takes `FlyteDirectory`
    count(folder="s3://bucket/folder", path=file)  # E: DW304 is `FlyteFile`, but `count.path` takes `str`
    walk(path=file)  # E: DW304 is `FlyteFile`, but `walk.path` takes `Path`
    show(table=StructuredDataset(uri="data.parquet"))  # E: DW305 'data.parquet' is a path on this machine
    show(table=StructuredDataset([1]))  # E: DW305 a `StructuredDataset` with a frame is made in a task
    show(table=file)  # E: DW304
    map_task(copy)(file=folder)  # E: DW308
    return [near, png]
