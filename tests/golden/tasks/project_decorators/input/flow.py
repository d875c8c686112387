import functools

import decorators
from decorators import either, gpu_task, nested, patient, sized, small_task

from dagwright import task, workflow

cached = functools.partial(gpu_task, cache=True, cache_version="1")


@small_task
def first(x: int) -> int:
    return x


@gpu_task
def second(x: int) -> int:
    return x


@cached(cache_version="2", retries=0)
def third(x: int) -> int:
    return x


@patient
def fourth(x: int) -> int:
    return x


@sized("2", interruptible=True)
def fifth(x: int) -> int:
    return x


@nested(timeout=60)
def sixth(x: int) -> int:
    return x


@either
def seventh(x: int) -> int:
    return x


@either(retries=3)
def eighth(x: int) -> int:
    return x


plain_task = task(decorators.plain, retries=4)


def steps(n: int) -> int:
    found = third(x=second(x=first(x=n)))
    found = sixth(x=fifth(x=fourth(x=found)))
    return plain_task(x=eighth(x=seventh(x=found)))


named = workflow(steps)


@workflow
def main(n: int = 1) -> int:
    return named(n=n)
