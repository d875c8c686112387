from dagwright import task, workflow


@task
def catalogue(hall: str) -> list[tuple[str, int]]:
    return [(f"{hall} vase", 1750), (f"{hall} coin", 1912)]


@task
def age(piece: tuple[str, int], today: int) -> int:
    return today - piece[1]


@task
def oldest(ages: list[int]) -> int:
    return max(ages)


@workflow
def main(hall: str = "east", today: int = 2024) -> int:
    pieces = catalogue(hall=hall)
    first = age(piece=pieces[0], today=today)
    second = age(piece=pieces[1], today=today)
    return oldest(ages=[first, second, 100])
