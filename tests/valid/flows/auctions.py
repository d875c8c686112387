from dagwright import task, workflow


@task
def bids(lot: int) -> list[dict[str, int]]:
    return [{"bidder": 1, "amount": 10 * lot}, {"bidder": 2, "amount": 12 * lot}]


@task
def highest(amounts: list[int]) -> int:
    return max(amounts)


@task
def invoice(bidder: int, amount: int, fee: float = 0.05) -> float:
    return amount * (1 + fee) + bidder


@workflow
def main(lot: int = 7) -> tuple[float, int]:
    offers = bids(lot=lot)
    first, second = offers[0], offers[1]
    top = highest(amounts=[first["amount"], second["amount"]])
    return invoice(bidder=second["bidder"], amount=second["amount"]), top
