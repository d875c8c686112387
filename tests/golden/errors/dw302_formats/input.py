"""What stands in the brackets of a file's type: the ending of its name, as text."""

from flytekit import task, workflow
from flytekit.types.file import FlyteFile


@task
def pattern(file: FlyteFile["*.csv"]) -> int:  # E: DW302 `'*.csv'` does not name a file format
    return 1


@task
def bare(file: FlyteFile[csv]) -> int:  # E: DW302 `csv` does not name a file format
    return 1


@task
def of_type(file: FlyteFile[int]) -> int:  # E: DW302 `int` does not name a file format
    return 1


@task
def several(file: FlyteFile["csv", "tsv"]) -> int:  # E: DW302 `('csv', 'tsv')` does not name a file format
    return 1


@workflow
def main(file: FlyteFile["tar.gz"]) -> None:
    pattern(file=file)
