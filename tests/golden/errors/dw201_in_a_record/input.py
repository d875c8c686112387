"""What is wrong with a part of a record is told once: nothing follows of the record."""

from dataclasses import dataclass

from dagwright import task, workflow


@dataclass
class Settings:
    sizes: list[int]
    label: str


@task
def load(n: int) -> int:
    return n


@task
def total(settings: Settings) -> int:
    return sum(settings.sizes)


@workflow
def main(n: int) -> int:
    return total(settings=Settings(sizes=[laod(n=n), n], label="x"))  # E: DW201 `laod`
