from functools import partial

from dagwright import map_task, task, workflow

SUITS = "♠♥"
RANKS = range(2, 5)
DECK = [f"{rank}{suit}" for suit in SUITS for rank in RANKS]


@task
def points(card: str, trump: str) -> int:
    return int(card[0]) * (2 if card[1] == trump else 1)


@task
def sum_of(values: list[int]) -> int:
    return sum(values)


@workflow
def main() -> list[int]:
    score = lambda trump: sum_of(values=map_task(partial(points, trump=trump))(card=DECK))
    return [score(trump) for trump in SUITS]
