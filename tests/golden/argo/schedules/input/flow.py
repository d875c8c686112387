from dataclasses import dataclass
from datetime import datetime

from dagwright import task, workflow


@dataclass
class Limits:
    rows: int
    ratio: float


@task
def load(day: datetime, region: str, limits: Limits) -> int:
    return limits.rows


@workflow
def main(day: datetime, limits: Limits, region: str = "eu", dry: bool = False) -> int:
    return load(day=day, region=region, limits=limits)


@workflow
def other(region: str = "us") -> int:
    return load(day=datetime(2026, 1, 31), region=region, limits=Limits(rows=1, ratio=1.0))
