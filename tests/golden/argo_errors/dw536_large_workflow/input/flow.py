from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x


@workflow
def main(x: int) -> int:  # E: DW536 the workflow `flow.main` takes about
    return double(x=x)
