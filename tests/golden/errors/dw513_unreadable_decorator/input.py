import functools

from dagwright import task


def computed(function):
    count = 3
    return task(function, retries=count)


def chosen(**keywords):
    if keywords:
        return task(**keywords)
    return task(retries=1)


def logged(function):
    """An ordinary decorator is none of ours."""

    @functools.wraps(function)
    def inner(*arguments, **keywords):
        return function(*arguments, **keywords)

    return inner


@computed  # E: DW513 `computed` makes tasks
def first(x: int) -> int:
    return x


@chosen(retries=2)  # E: DW513 `chosen` makes tasks
def second(x: int) -> int:
    return x


third = computed(logged(first))
fourth = computed(logged)  # E: DW513 `computed` makes tasks


@task
@logged
def main(x: int) -> int:
    return x
