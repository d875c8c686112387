import uuid
from datetime import date, time
from decimal import Decimal
from pathlib import Path

from dagwright import task, workflow

PRICE = Decimal("1.50")


@task
def price(day: date, at: time, factor: Decimal) -> Decimal:
    return factor * day.day


@task
def place(folder: Path, name: uuid.UUID) -> Path:
    return folder / str(name)


@workflow
def main(
    day: date = date(2024, 1, 31),
    name: uuid.UUID = uuid.UUID("12345678-1234-5678-1234-567812345678"),
) -> tuple[Decimal, Path]:
    return price(day=day, at=time(9, 30), factor=PRICE), place(folder=Path("/data"), name=name)
