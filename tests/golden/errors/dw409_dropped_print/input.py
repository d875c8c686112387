from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x



@workflow
def main(x: int) -> int:
    print("starting")  # W: DW409
    return double(x=x)
