from collections.abc import AsyncIterator, Callable, Iterator
from functools import wraps

from dagwright import task, workflow


@task
def squares(count: int) -> Iterator[int]:
    def inner() -> Iterator[int]:
        yield 1  # of another function

    if count:
        yield from inner()  # E: DW512 the task `squares` yields
    yield 0


@task
async def pages(count: int) -> AsyncIterator[int]:
    for number in range(count):
        yield number  # E: DW512 the task `pages` yields


@workflow
async def steps(count: int) -> None:  # E: DW512 the workflow `steps` is async
    await listed(count=count)


@workflow
def parts(count: int) -> list[int]:
    yield listed(count=count)  # E: DW512 the workflow `parts` yields


def collected(function: Callable[[int], Iterator[int]]) -> Callable[[int], list[int]]:
    @wraps(function)
    def inner(count: int) -> list[int]:
        return list(function(count))

    return inner


@task
@collected
def listed(count: int) -> list[int]:
    yield count


@task(retries=1)  # E: DW512 takes a function, and `Model` is a class
class Model:
    pass


@task
def lazy(count: int) -> list[int]:
    """The word yield alone says nothing, nor does a generator inside."""

    def inner() -> Iterator[int]:
        yield count

    return list(inner())


@workflow
def main(count: int = 2) -> list[int]:
    squares(count=count)
    return lazy(count=count)
