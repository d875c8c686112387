from dagwright import task, workflow


@task
def total(*values: int) -> int:  # E: DW310
    return sum(values)
