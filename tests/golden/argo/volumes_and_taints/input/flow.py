from dagwright import task, workflow


@task
def read(path: str) -> int:
    return len(path)


@workflow
def main(path: str = "/reference/table.csv") -> int:
    return read(path=path)
