from dagwright import task, workflow


@task
def note(text: str) -> None:
    print(text)


@workflow
def main(name: str) -> tuple[str, int]:
    note(text=name)
    return name, 7
