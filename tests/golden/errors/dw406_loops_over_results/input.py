"""Loops over a task's list: the map that does the same, in the names of the source."""

import pandas as pd

from dagwright import task, workflow


@task
def names(count: int) -> list[str]:
    return ["a"] * count


@task
def rows(count: int) -> pd.DataFrame:
    return pd.DataFrame({"n": [count]})


@task
def shorten(name: str, width: int = 3) -> str:
    return name[:width]


@task
def total(before: int, name: str) -> int:
    return before + len(name)


@workflow
def main(count: int) -> None:
    found = names(count=count)
    short = [shorten(name=name) for name in found]  # E: DW408 the comprehension needs the elements
    shorter = []
    for name in found:  # E: DW406 `for` needs the elements of the result of `names`
        shorter.append(shorten(name, width=count))
    running = 0
    for name in found:  # E: DW406
        running = total(before=running, name=name)
    for name in found:  # E: DW406
        text = shorten(name=name)
        shorten(name=text)
    upper = [name.upper() for name in names(count=count)]  # E: DW408
    for row in rows(count=count):  # E: DW406
        shorten(name=row)
    for digit in count:  # E: DW406 `for` goes over the input `count`, which is `int` and has no elements
        shorten(name=digit)
