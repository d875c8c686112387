from dagwright import task, workflow


@task
def distance(start: str, end: str) -> float:
    return abs(len(start) - len(end)) * 10.0


@task
def fuel(distance: float, *, per_km: float = 0.3) -> float:
    return distance * per_km


@task
def cost(fuels: dict[str, float], price: float) -> dict[str, float]:
    return {leg: amount * price for leg, amount in fuels.items()}


@workflow
def leg(start: str, end: str) -> float:
    return fuel(distance=distance(start=start, end=end), per_km=0.4)


@workflow
def main(price: float = 1.9) -> dict[str, float]:
    out = leg(start="Lisbon", end="Rotterdam")
    back = leg(start="Rotterdam", end="Bilbao")
    return cost(fuels={"out": out, "back": back}, price=price)
