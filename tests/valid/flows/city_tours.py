"""Comprehensions of calls, and a plain function that arranges them."""

from typing import Dict, List

from flytekit import task, workflow

CITIES = {"Rome": ["Forum", "Pantheon"], "Oslo": ["Opera"]}


@task
def walk(place: str, minutes: int = 30) -> int:
    return minutes + len(place)


@task
def add_up(minutes: List[int]) -> int:
    return sum(minutes)


@task
def longest(tours: Dict[str, int]) -> str:
    return max(tours, key=lambda city: tours[city])


def tour(city: str) -> int:
    walks = [walk(place=place, minutes=20 if city == "Oslo" else 40) for place in CITIES[city]]
    return add_up(minutes=walks)


@workflow
def main() -> str:
    return longest(tours={city: tour(city) for city in sorted(CITIES)})
