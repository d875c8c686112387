from datetime import datetime, timedelta

from dagwright import task, workflow

STOP = timedelta(minutes=3)
LEGS = [timedelta(minutes=12), timedelta(minutes=25, seconds=30)]


@task
def depart(station: str, at: datetime) -> datetime:
    return at + timedelta(seconds=len(station))


@task
def arrive(departure: datetime, leg: timedelta, stop: timedelta = STOP) -> datetime:
    return departure + leg + stop


@task
def late(planned: datetime, actual: datetime) -> timedelta:
    return actual - planned


@workflow
def main(at: datetime = datetime(2024, 3, 1, 7, 30)) -> timedelta:
    start = depart(station="harbour", at=at)
    middle = arrive(departure=start, leg=LEGS[0])
    end = arrive(departure=middle, leg=LEGS[1], stop=timedelta())
    return late(planned=at, actual=end)
