from dagwright import workflow


@workflow
def main(x: int) -> int:  # E: DW533 the workflow `flow.main` calls no task
    return x
