"""Results that are not what the workflow declares: what to write, with the types that are returned."""

from typing import Dict, List, NamedTuple, Tuple

from dagwright import task, workflow


class Scores(NamedTuple):
    mean: float
    label: str


@task
def score(count: int) -> Scores:
    return Scores(0.5, "x")


@task
def double(count: int) -> int:
    return 2 * count


@task
def sizes(count: int) -> List[int]:
    return [count]


@workflow
def text(count: int) -> str:
    return double(count=count)  # E: DW307 the result of `double` is `int`, but `text` returns `str`


@workflow
def a_list(count: int) -> List[int]:
    return double(count=count)  # E: DW307 the result of `double` is `int`, but `a_list` returns `list[int]`


@workflow
def one(count: int) -> int:
    return sizes(count=count)  # E: DW307 the result of `sizes` is `list[int]`, but `one` returns `int`


@workflow
def brackets(count: int) -> int:
    return [double(count=count)]  # E: DW307 this is `list[int]`, but `brackets` returns `int`


@workflow
def pairs(count: int) -> Tuple[float, int]:
    return score(count=count).mean  # E: DW307 declares 2 results, but returns one value (`float`)


@workflow
def undeclared(count: int):
    return score(count=count)  # E: DW307 the workflow `undeclared` returns a value, but declares none


@workflow
def itself(count: int) -> int:
    return double  # E: DW407 the task `double` cannot be returned as `int`


@workflow
def main(count: int) -> Dict[str, int]:
    return {"a": double(count=count), "b": sizes(count=count)}  # E: DW307 but this part of what `main` returns is `int`
