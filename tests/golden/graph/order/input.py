from dagwright import task, workflow


@task
def prepare() -> None:
    pass


@task
def write(x: int) -> int:
    return x


@task
def clean() -> None:
    pass


@workflow
def main() -> int:
    ready = prepare()
    first = write(x=1)
    second = write(x=2)
    done = clean()
    ready >> first >> second >> done
    ready >> done  # implied by the line before
    return second
