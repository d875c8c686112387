from functools import partial

from dagwright import map_task, task, workflow


@task
def split(text: str) -> list[str]:
    return text.split()


@task
def weigh(word: str, factor: float, base: float) -> float:
    return base + factor * len(word)


@task
def total(weights: list[float]) -> float:
    return sum(weights)


@workflow
def main(text: str, factors: list[float], base: float = 1) -> float:
    weights = map_task(partial(weigh, base=base), concurrency=5)(word=split(text=text), factor=factors)
    return total(weights=weights)
