from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x



def helper(x: int) -> int:
    return x + 1


@workflow
def main(x: int) -> int:
    return double(x=helper(x))  # E: DW207
