from dagwright import task, workflow


from collections.abc import Callable


@task
def double(f: Callable[[int], int]) -> int:  # E: DW303
    return f(2)
