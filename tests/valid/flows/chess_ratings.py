from typing import TypedDict

from dagwright import task, workflow


class Player(TypedDict):
    name: str
    rating: float


class Match(TypedDict):
    white: Player
    black: Player
    score: float


@task
def play(white: Player, black: Player) -> Match:
    return {"white": white, "black": black, "score": 1.0 if white["rating"] >= black["rating"] else 0.0}


@task
def update(player: Player, score: float, k: float = 20.0) -> Player:
    return {"name": player["name"], "rating": player["rating"] + k * (score - 0.5)}


@workflow
def main(white: Player = {"name": "Ada", "rating": 2100.0}) -> Player:
    match = play(white=white, black={"name": "Bo", "rating": 2050.0})
    return update(player=match["white"], score=match["score"])
