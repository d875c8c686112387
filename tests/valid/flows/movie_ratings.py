"""A model of pydantic travels like a dataclass."""

from typing import Optional

from dagwright import map_task, task, workflow
from pydantic import BaseModel, Field


class Film(BaseModel):
    title: str
    year: int = Field(ge=1888)
    rating: Optional[float] = None


@task
def films(since: int) -> list[Film]:
    return [Film(title="A", year=since, rating=7.5), Film(title="B", year=since + 1)]


@task
def rate(film: Film) -> Film:
    return film.model_copy(update={"rating": film.rating or 5.0})


@task
def average(films: list[Film]) -> float:
    return sum(film.rating or 0.0 for film in films) / len(films)


@workflow
def main(since: int = 1990) -> float:
    return average(films=map_task(rate)(film=films(since=since)))
