from dagwright import task, workflow


@task
def resize(image: str, width: int) -> str:
    return f"{image}@{width}"


@task
def join(left: str, right: str, both: list[str]) -> str:
    return left + right + "".join(both)


@task
def pair(left: str, right: str) -> list[str]:
    return [left, right]


@workflow
def main(image: str) -> str:
    thumb = resize(image=image, width=64)
    full_size = resize(image=image, width=1024)
    both = pair(left=resize(image=thumb, width=8), right=full_size)
    return join(left=thumb, right=full_size, both=both)
