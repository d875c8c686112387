"""Tuples where one value is declared: brackets only where every element fits."""

from dagwright import task, workflow


@task
def sizes(count: int) -> list[int]:
    return [count]


@workflow
def lists(count: int) -> list[int]:
    return count, 3  # E: DW307 this is `tuple[int, int]`, but `lists` returns `list[int]`


@workflow
def one_is_a_list(count: int) -> list[int]:
    return sizes(count=count), count  # E: DW307 this is `tuple[list[int], int]`


@workflow
def constants(count: int) -> list[int]:
    return 1, "2"  # E: DW307 expected `list[int]`, found `tuple[int, str]`


@workflow
def main(count: int) -> int:
    return count, "done"  # E: DW307 this is `tuple[int, str]`, but `main` returns `int`
