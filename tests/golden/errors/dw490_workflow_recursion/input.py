from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x



@workflow
def helper(x: int) -> int:
    return main(x=double(x=x))


@workflow
def main(x: int) -> int:
    return helper(x=x)  # E: DW490 a workflow calls itself: `helper` -> `main` -> `helper`
