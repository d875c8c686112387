from dagwright import task, workflow


@task
def note(text: str) -> None:
    print(text)


@task
def double(x: int) -> int:
    return 2 * x


@workflow
def main() -> int:
    nothing = note(text="hello")
    return double(x=nothing)  # E: DW311
