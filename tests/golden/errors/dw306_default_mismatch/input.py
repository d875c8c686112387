from dagwright import task, workflow


@task
def double(x: int = "three") -> int:  # E: DW306
    return 2 * x
