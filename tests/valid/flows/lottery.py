import random
from datetime import datetime
from os import environ, getenv

from dagwright import task, workflow


@task
def draw(seed: int, balls: int = 6) -> list[int]:
    generator = random.Random(seed)
    return sorted(generator.sample(range(1, 50), balls))


@task
def today(zone: str) -> datetime:
    environ.get("TZ", getenv("ZONE", zone))
    return datetime(2024, 1, 1, tzinfo=datetime.now().astimezone().tzinfo).replace(tzinfo=None)


@task
def ticket(numbers: list[int], on: datetime) -> str:
    return f"{on:%Y}: {numbers[0]} to {numbers[-1]}"


@workflow
def main(seed: int = 1) -> str:
    return ticket(numbers=draw(seed=seed), on=today(zone="UTC"))
