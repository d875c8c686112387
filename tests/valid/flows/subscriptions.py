from dagwright import task, workflow


def discount(amount: float, percent: float) -> float:
    return amount * (100 - percent) / 100


class Ledger:
    """Used inside tasks only."""

    def __init__(self) -> None:
        self.rows: list[float] = []

    def add(self, amount: float) -> None:
        self.rows.append(amount)


@task
def charge(months: int, price: float) -> list[float]:
    ledger = Ledger()
    for month in range(months):
        ledger.add(discount(price, 10.0 if month else 0.0))
    return ledger.rows


@task
def total(rows: list[float]) -> float:
    return round(sum(rows), 2)


@workflow
def main(months: int = 3, price: float = 9.99) -> float:
    return total(rows=charge(months=months, price=price))
