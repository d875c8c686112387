"""Positional calls, defaults, several outputs, and a result that is taken apart."""

from typing import List, Tuple

from flytekit import task, workflow


@task
def shop(dish: str, guests: int = 2) -> Tuple[List[str], float]:
    return [f"{dish} for {guests}", "salt"], 3.5 * guests


@task
def cook(ingredients: List[str], minutes: int = 30) -> str:
    return f"{' and '.join(ingredients)}, {minutes} minutes"


@task
def bill(cost: float, tip: float = 0.1) -> float:
    return cost * (1 + tip)


@workflow
def main(dish: str = "soup", guests: int = 4) -> Tuple[str, float]:
    ingredients, cost = shop(dish, guests)
    return cook(ingredients, minutes=45), bill(cost)
