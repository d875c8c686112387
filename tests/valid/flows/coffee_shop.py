"""Decorators that a project builds for itself."""

import functools

from dagwright import Resources, task, workflow

small_task = task(requests=Resources(cpu="100m", mem="64Mi"), retries=1)
large_task = functools.partial(task, requests=Resources(cpu="1", mem="1Gi"))


def cached(version):
    return task(cache=True, cache_version=version)


@small_task
def grind(beans: int) -> float:
    return beans * 0.9


@large_task(interruptible=True)
def brew(ground: float, water: float = 200.0) -> float:
    return water - ground


@cached("1")
def price(cup: float) -> float:
    return round(cup / 60, 2)


@workflow
def main(beans: int = 18) -> float:
    return price(cup=brew(ground=grind(beans=beans)))
