from dagwright import task, workflow


@task
def double(x) -> int:  # E: DW301
    return 2 * x
