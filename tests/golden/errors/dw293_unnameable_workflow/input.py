from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x


@workflow
def 工作流(x: int) -> int:  # E: DW293 none of its characters
    return double(x=x)
