import datetime
from dataclasses import dataclass, field
from typing import Optional

from dagwright import task, workflow


@dataclass(frozen=True)
class Claim:
    number: int
    amount: float
    filed: datetime.datetime
    note: Optional[str] = None


@dataclass(frozen=True)
class Batch:
    claims: list[Claim]
    tags: dict[str, str] = field(default_factory=dict)


@task
def collect(day: datetime.date, limit: int = 3) -> Batch:
    at = datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.timezone.utc)
    return Batch([Claim(number, 100.0 * number, at) for number in range(limit)], {"day": day.isoformat()})


@task
def assess(claims: list[Claim], ceiling: float) -> list[bool]:
    return [claim.amount <= ceiling for claim in claims]


@task
def report(accepted: list[bool], tags: dict[str, str], remark: Optional[str] = None) -> str:
    return f"{tags['day']}: {sum(accepted)} of {len(accepted)} accepted{', ' + remark if remark else ''}"


@workflow
def main(day: datetime.date = datetime.date(2024, 5, 17), ceiling: float = 150.0) -> str:
    batch = collect(day=day)
    accepted = assess(claims=batch.claims, ceiling=ceiling)
    return report(accepted=accepted, tags=batch.tags)
