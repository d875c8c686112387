from typing import List, TypedDict

from typing_extensions import Annotated, NotRequired

from dagwright import task, workflow


class Row(TypedDict):
    name: str
    value: float


class Marked(Row, total=False):
    marks: List[int]
    note: Annotated[str, "free text"]


class Partial(TypedDict):
    name: str
    marks: NotRequired[List[int]]


Mark = TypedDict("Mark", {"of": str, "points": List[int]})


@task
def rows(count: int) -> List[Row]:
    return [{"name": str(number), "value": number / 2} for number in range(count)]


@task
def mark(row: Row, partial: Partial) -> Marked:
    return {"name": row["name"], "value": row["value"], "marks": partial.get("marks", [])}


@task
def points(mark: Mark) -> List[int]:
    return mark["points"]


@task
def show(marks: List[int], value: float) -> str:
    return f"{marks} {value}"


@workflow
def main(count: int = 3, partial: Partial = {"name": "x"}) -> str:
    found = rows(count=count)
    marked = mark(row=found[1], partial=partial)
    also = mark(row={"name": "y", "value": 1}, partial={"name": "z", "marks": [2]})
    given = points(mark=Mark(of=found[0]["name"], points=also["marks"]))
    return show(marks=given, value=marked["value"])
