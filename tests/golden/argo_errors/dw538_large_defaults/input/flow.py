from dagwright import task, workflow


@task
def length(text: str) -> int:
    return len(text)


@workflow
def main(text: str = "x" * 70_000) -> int:  # E: DW538 the defaults of the inputs of `length` take 70,002 bytes
    return length(text=text)
