from dataclasses import dataclass

from dagwright import task, workflow


@dataclass
class Base:
    x: int


@dataclass
class Child(Base):
    y: int = 2


@task
def make() -> Child:
    return Child(1)


@task
def take(value: Base) -> int:
    return value.x


@workflow
def main() -> int:
    return take(value=make())  # E: DW304 `Child`
