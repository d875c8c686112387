from dagwright import task


@task
def double(x: int) -> int  # E: DW101
    return 2 * x
