"""Paths of this machine in the source: no task sees them."""

from flytekit import task, workflow
from flytekit.types.file import FlyteFile


@task
def size(file: FlyteFile) -> int:
    return 1


@workflow
def main(file: FlyteFile = "data/in.csv") -> int:  # E: DW306 'data/in.csv' is a path on this machine, which no task sees
    return size(file=FlyteFile("/data/in.csv"))  # E: DW305 '/data/in.csv' is a path on this machine
