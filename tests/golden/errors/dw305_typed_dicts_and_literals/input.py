from typing import Literal, TypedDict

from dagwright import task, workflow


class Row(TypedDict):
    name: str
    value: float


@task
def read(row: Row, mode: Literal["fast", "exact"]) -> float:
    return row["value"]


@task
def number(x: int) -> int:
    return x


@workflow
def main(x: int = 1) -> float:
    read(row={"name": "a"}, mode="fast")  # E: DW305 lacks the key 'value'
    read(row={"name": "a", "value": "b"}, mode="fast")  # E: DW305 expected `float`, found `str` ('b')
    read(row={"name": "a", "value": 1, "more": 2}, mode="fast")  # E: DW305 no key 'more'
    read(row={"name": "a", "value": 1}, mode="slow")  # E: DW305 slow
    return read(row={"name": "a", "value": 1}, mode=number(x=x))  # E: DW304 `int`
