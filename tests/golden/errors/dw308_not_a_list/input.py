from dagwright import map_task, task, workflow


@task
def double(x: int) -> int:
    return 2 * x


@workflow
def main(x: int) -> list[int]:
    return map_task(double)(x=x)  # E: DW308
