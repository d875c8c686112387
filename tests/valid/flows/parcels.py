from dagwright import task, workflow
from dagwright import workflow as flow


@task
def weigh(parcel: str) -> float: return float(len(parcel))


@task
def price(weight: float, zone: int = 1) -> float: return weight * zone


@task
def sum_up(first: float, second: float, third: float = 0.0) -> float: return first + second + third


@flow
def one(parcel: str, zone: int = 2) -> float:
    return price(weight=weigh(parcel=parcel), zone=zone)


@workflow
def main() -> float:
    values = [one(parcel="book"), one(parcel="lamp", zone=3)]
    first, second = values
    return sum_up(first, second=second)
