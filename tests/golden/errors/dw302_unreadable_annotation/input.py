from dagwright import task, workflow


def kind():
    return int


@task
def double(x: kind()) -> int:  # E: DW302
    return 2 * x
