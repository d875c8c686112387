from dagwright import task


@task
def double(x: int) -> int:
    return 2 * x
