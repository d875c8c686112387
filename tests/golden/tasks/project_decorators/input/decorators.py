"""Decorators of a project: ours under other names, with keywords of the project."""

import functools

from dagwright import Resources, task

SMALL = Resources(cpu="500m", mem="1Gi")

small_task = task(requests=SMALL)
gpu_task = functools.partial(task, requests=Resources(gpu="1"), retries=2)


def patient(function):
    """Takes the function."""
    return task(function, timeout=3600)


def sized(cpu: str = "1", **keywords):
    """Takes keywords."""
    return task(requests=Resources(cpu=cpu), **keywords)


def nested(**keywords):
    def inner(function):
        return gpu_task(function, **{"retries": 5, **keywords})

    return inner


def either(function=None, *, retries=1):
    if function is None:
        return functools.partial(either, retries=retries)
    return task(function, retries=retries)


def plain(x: int) -> int:
    return x
