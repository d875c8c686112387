"""Operators over results: the task that computes it, with the operator, names and types of the source."""

from dagwright import task, workflow


@task
def count(path: str) -> int:
    return len(path)


@task
def show(text: str, number: float = 0.0, flag: bool = False) -> None:
    print(text, number, flag)


@workflow
def main(path: str, scale: float) -> None:
    size = count(path=path)
    show(text=path, number=size * 2.5)  # E: DW408 `*` needs the value of the result of `count`
    show(text=path, number=scale - size)  # E: DW408 `-` needs the value of the input `scale`
    show(text=path, number=count(path="a") // count(path="b"))  # E: DW408 `//` needs
    show(text=path + ".csv")  # E: DW408 `+` needs the value of the input `path`
    show(text=f"{path}: {size}")  # E: DW408 an f-string
    show(text=path, flag=size >= 3)  # E: DW408 `>=` needs the value of the result of `count`
    show(text=path, flag=not size)  # E: DW408 `not` needs the value of the result of `count`
    show(text=path, flag=size and scale)  # E: DW408 `and` needs the value of the result of `count`
    show(text=path - size)  # E: DW408 `-` needs the value of the input `path`
