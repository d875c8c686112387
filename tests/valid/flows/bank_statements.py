from datetime import date, time
from decimal import Decimal
from uuid import UUID

from dagwright import task, workflow

ACCOUNT = UUID("12345678-1234-5678-1234-567812345678")


@task
def balance(account: UUID, on: date, opening: Decimal) -> Decimal:
    return opening + on.day + account.int % 2


@task
def interest(balance: Decimal, rate: Decimal = Decimal("0.02")) -> Decimal:
    return (balance * rate).quantize(Decimal("0.01"))


@task
def statement(balance: Decimal, interest: Decimal, cut_off: time) -> str:
    return f"{balance} + {interest} at {cut_off:%H:%M}"


@workflow
def main(on: date = date(2024, 2, 29), opening: Decimal = Decimal("1000")) -> str:
    total = balance(account=ACCOUNT, on=on, opening=opening)
    return statement(balance=total, interest=interest(balance=total), cut_off=time(17, 30))
